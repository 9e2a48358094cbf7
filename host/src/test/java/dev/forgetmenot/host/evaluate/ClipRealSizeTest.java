package dev.forgetmenot.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.clip.ClipEmbedder;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.clip.SafetyChecker;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.testkit.realsize.RandomClip;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published sizes of CLIP with random weights: one image through each. */
@Tag("slow")
class ClipRealSizeTest {
  @TempDir private Path folder;

  private static List<RgbImage> image() {
    byte[] rgb = new byte[3 * 512 * 512];
    new Random(1).nextBytes(rgb);
    return List.of(new RgbImage(512, 512, rgb));
  }

  private static float[] embedded(ClipFiles files, long values, String label, boolean texts)
      throws IOException {
    assertThat(files.bytes()).isEqualTo(Float.BYTES * values);
    try (EngineThread engine = EngineThread.start("cpu");
        ClipEmbedder embedder = ClipEmbedder.open(files, engine)) {
      assertThat(embedder.label()).isEqualTo(label);
      assertThat(embedder.readsTexts()).isEqualTo(texts);
      float[] image = embedder.images(image())[0];
      if (texts) {
        assertUnit(embedder.texts(List.of("a photo of a lighthouse"))[0], image.length);
      }
      return image;
    }
  }

  private static void assertUnit(float[] vector, int width) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    assertThat(vector).hasSize(width);
    assertThat(squares).isCloseTo(1, within(1e-5)); // and no NaN
  }

  @Test
  void vitB32() throws IOException {
    ClipFiles files = RandomClip.VIT_B_32.writeModel(folder.resolve("clip"), 1);
    assertUnit(embedded(files, 151_277_313, "CLIP ViT-B/32 of clip/", true), 512);
  }

  @Test
  void vitL14() throws IOException {
    ClipFiles files = RandomClip.VIT_L_14.writeModel(folder.resolve("clip"), 2);
    assertUnit(embedded(files, 427_616_513, "CLIP ViT-L/14 of clip/", true), 768);
  }

  @Test
  void safetyCheckerOfStableDiffusion1() throws IOException {
    ClipFiles files = RandomClip.VIT_L_14.writeSafetyChecker(folder, 3);
    float[] image = embedded(files, 303_981_588, "CLIP ViT-L/14 of safety_checker/", false);
    assertUnit(image, 768);
    float[][] images = {image};
    assertThat(SafetyChecker.read(files).verdicts(images).get(0).concepts()).hasSize(17);
  }
}
