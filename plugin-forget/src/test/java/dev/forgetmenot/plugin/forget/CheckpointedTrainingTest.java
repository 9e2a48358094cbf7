package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs with {@code --gradient-checkpointing} train what jobs without it do. */
class CheckpointedTrainingTest {
  private static final List<Concept> BALL = List.of(new Concept("ball", ConceptType.OBJECT));
  private static final Map<String, String> KEPT =
      Map.of(
          "trainable", "unet",
          "steps", "3",
          "learning-rate", "1e-4",
          "gradient-accumulation-steps", "2");

  @TempDir Path folder;
  private StableDiffusion sd;

  @BeforeEach
  void load() throws IOException {
    load("sd1-tiny");
  }

  private void load(String model) throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures").resolve(model).resolve("model"),
            LoadOptions.defaults());
  }

  @AfterEach
  void free() throws IOException {
    sd.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"resteer", "esd"})
  void theSameWeights(String method) throws IOException {
    Map<String, Delta> kept = train(method, KEPT, job(9, false));
    Map<String, Delta> again = train(method, checkpointed(), job(9, false));
    assertSame(again, kept);
  }

  /** The UNet is told the sizes of the image and the pooled text too. */
  @ParameterizedTest
  @ValueSource(strings = {"resteer", "esd"})
  void theSameWeightsWithTwoTextEncoders(String method) throws IOException {
    sd.close();
    load("sdxl-tiny");
    theSameWeights(method);
  }

  @Test
  void aJobThatKeptActivationsGoesOnWithoutThem() throws IOException {
    Map<String, Delta> whole = train("resteer", KEPT, job(9, false));
    assertThatThrownBy(() -> train("resteer", KEPT, job(2, false)))
        .isInstanceOf(CancellationException.class);
    assertSame(train("resteer", checkpointed(), job(9, true)), whole);
  }

  private static Map<String, String> checkpointed() {
    Map<String, String> all = new HashMap<>(KEPT);
    all.put("gradient-checkpointing", "true");
    return all;
  }

  /** The first step of AdamW moves by a gradient's sign: tiny ones count as much as large ones. */
  private static void assertSame(Map<String, Delta> found, Map<String, Delta> expected) {
    assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(20);
    int near = 0;
    int all = 0;
    for (Map.Entry<String, Delta> one : expected.entrySet()) {
      float[] values = found.get(one.getKey()).values();
      float[] wanted = one.getValue().values();
      assertThat(values).hasSameSizeAs(wanted);
      for (int i = 0; i < wanted.length; i++) {
        near += Math.abs(values[i] - wanted[i]) <= 1e-6 ? 1 : 0;
      }
      all += wanted.length;
    }
    assertThat((double) near / all).isCloseTo(1, Offset.offset(0.002));
  }

  private RecordedJob job(int stopAfter, boolean resuming) {
    return new RecordedJob(folder.resolve("state.safetensors"), stopAfter, resuming);
  }

  private Map<String, Delta> train(String method, Map<String, String> given, RecordedJob job)
      throws IOException {
    ConceptEditor editor = method.equals("esd") ? new EsdEraser() : new AttentionResteering();
    Map<String, String> own = new HashMap<>(given);
    own.putAll(
        method.equals("esd")
            ? Map.of("starts", "1", "start-steps", "2")
            : Map.of("no-real-image", "true", "preserve", "a tree"));
    PatchDraft draft = RecordedJob.edit(sd, editor, BALL, own, job);
    return ((DeltaEdit) draft.edits().get(0)).deltas();
  }
}
