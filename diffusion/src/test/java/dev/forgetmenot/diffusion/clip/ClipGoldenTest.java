package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.GoldenRun;
import dev.forgetmenot.diffusion.GoldenTensors;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** CLIP from the image's pixels to the logits, against transformers. */
class ClipGoldenTest {
  @TestFactory
  Stream<DynamicTest> imagesAndTexts() {
    return GoldenRun.each(ClipGoldenTest::check);
  }

  private static void check(GoldenRun.Context run) throws IOException {
    try (GoldenTensors golden = run.golden("clip");
        ClipModel clip = ClipModel.load(run.model("clip"), run.manager(), run.ops())) {
      ClipImageProcessor processor =
          new ClipImageProcessor(PreprocessorConfig.read(run.model("clip")));
      NDArray pixels = processor.process(run.manager(), List.of(image(golden.get("image"))));
      run.check(golden, "pixel_values", pixels);
      NDArray images = clip.imageEmbeds(pixels);
      run.check(golden, "image_embeds", images);
      NDArray texts = clip.textEmbeds(run.manager(), GoldenRun.ids(golden.get("input_ids")));
      run.check(golden, "text_embeds", texts);
      run.check(golden, "logits_per_image", clip.logitsPerImage(images, texts));
    }
  }

  static RgbImage image(NDArray image) {
    Shape shape = image.getShape(); // (H, W, 3)
    float[] values = image.toFloatArray();
    byte[] rgb = new byte[values.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round(values[i]);
    }
    return new RgbImage((int) shape.get(1), (int) shape.get(0), rgb);
  }
}
