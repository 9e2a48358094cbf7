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
    return GoldenRun.all(
        run -> {
          if (run.twoTextEncoders()) {
            checkBoth(run);
          } else {
            check(run);
          }
        });
  }

  private static void checkBoth(GoldenRun.Context run) throws IOException {
    try (GoldenTensors golden = run.golden("text_encoders");
        ClipTextEncoder first =
            ComponentFolders.textEncoder(run.model("text_encoder"), run.manager(), run.ops());
        ClipTextEncoder second =
            ComponentFolders.projected(run.model("text_encoder_2"), run.manager(), run.ops())) {
      List<List<Integer>> ids = GoldenRun.ids(golden.get("input_ids_2"));
      NDArray one =
          first.hidden(first.embed(run.manager(), GoldenRun.ids(golden.get("input_ids"))), 1);
      NDArray two = second.hidden(second.embed(run.manager(), ids), 1);
      run.check(golden, "penultimate", one);
      run.check(golden, "penultimate_2", two);
      run.check(golden, "context", one.concat(two, 2));
      run.check(golden, "pooled_2", second.projected(two, 1, second.ends(ids)));
    }
  }

  private static void check(GoldenRun.Context run) throws IOException {
    try (GoldenTensors golden = run.golden("text_encoder");
        ClipTextEncoder encoder =
            ComponentFolders.textEncoder(run.model("text_encoder"), run.manager(), run.ops())) {
      List<List<Integer>> ids = GoldenRun.ids(golden.get("input_ids"));
      NDArray hidden = encoder.encode(encoder.embed(run.manager(), ids), 1);
      run.check(golden, "last_hidden_state", hidden);
      run.check(golden, "pooler_output", encoder.pool(hidden, ids));
    }
  }
}
