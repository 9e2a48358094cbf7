package dev.forgetmenot.diffusion.text;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.GoldenTensors;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The text encoder against transformers. */
class TextEncoderGoldenTest {
  @TestFactory
  Stream<DynamicTest> hiddenStates() {
    return GoldenRun.each(TextEncoderGoldenTest::check);
  }

  private static void check(GoldenRun.Context run) throws IOException {
    try (GoldenTensors golden = run.golden("text_encoder");
        ClipTextEncoder encoder =
            ComponentFolders.textEncoder(run.model("text_encoder"), run.manager(), run.ops())) {
      List<List<Integer>> ids = GoldenRun.ids(golden.get("input_ids"));
      NDArray hidden = encoder.encode(run.manager(), ids);
      run.check(golden, "last_hidden_state", hidden);
      run.check(golden, "pooler_output", encoder.pool(hidden, ids));
    }
  }
}
