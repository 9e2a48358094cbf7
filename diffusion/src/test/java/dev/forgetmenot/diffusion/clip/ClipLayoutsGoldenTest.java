package dev.forgetmenot.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders of CLIP as they are published, against transformers (clip_reference.py): towers of other
 * widths than the common space, gelu and quick_gelu, images cropped or stretched, configurations of
 * all ages.
 */
class ClipLayoutsGoldenTest {
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @ValueSource(strings = {"projection-512", "first-config"})
  void embeddingsAreThoseOfTransformers(String name) throws IOException {
    Path folder = GoldenFolders.inProject("testkit/fixtures/clip").resolve(name);
    try (EngineThread engine = EngineThread.start("cpu");
        GoldenTensors golden = new GoldenTensors(folder.resolve("clip.safetensors"))) {
      engine.<Void, IOException>call(
          () -> {
            try (Ops ops = TorchScriptOps.create(engine);
                NDManager manager = engine.newManager()) {
              check(folder.resolve("model"), golden, manager, ops);
              return null;
            }
          });
    }
  }

  private static void check(Path model, GoldenTensors golden, NDManager manager, Ops ops)
      throws IOException {
    List<RgbImage> images = new ArrayList<>();
    while (golden.has("image." + images.size())) {
      images.add(ClipGoldenTest.image(golden.get("image." + images.size())));
    }
    ClipImageProcessor processor = new ClipImageProcessor(PreprocessorConfig.read(model));
    try (ClipModel clip = ClipModel.load(model, manager, ops)) {
      NDArray pixels = processor.process(manager, images);
      near(golden, "pixel_values", pixels);
      NDArray imageEmbeds = clip.imageEmbeds(pixels);
      near(golden, "image_embeds", imageEmbeds);
      NDArray textEmbeds = clip.textEmbeds(manager, GoldenRun.ids(golden.get("input_ids")));
      near(golden, "text_embeds", textEmbeds);
      near(golden, "logits_per_image", clip.logitsPerImage(imageEmbeds, textEmbeds));
    }
  }

  private static void near(GoldenTensors golden, String name, NDArray found) {
    assertThat(Errors.ofLargest(found.toFloatArray(), golden.floats(name)))
        .as(name)
        .isLessThanOrEqualTo(TOLERANCE);
  }
}
