package dev.forgetmenot.host.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.PatchPreview;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewPngTest {
  @TempDir Path folder;

  private static RgbImage noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(1).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  private RgbImage decoded(byte[] png) throws IOException {
    PatchPreview.check("x", png);
    Path file = folder.resolve("a.png");
    Files.write(file, png);
    return ImageFile.read(file).image();
  }

  @Test
  void aSmallImageStaysAsItIs() throws IOException {
    RgbImage image = noise(64, 48);
    RgbImage found = decoded(PreviewPng.of(image, 256));
    assertThat(found.rgb()).isEqualTo(image.rgb());
    assertThat(found.height()).isEqualTo(48);
  }

  @Test
  void aLargeOneKeepsItsProportions() throws IOException {
    RgbImage found = decoded(PreviewPng.of(noise(300, 600), 256));
    assertThat(found.width()).isEqualTo(128);
    assertThat(found.height()).isEqualTo(256);
    assertThat(decoded(PreviewPng.of(noise(2000, 1), 4096)).width()).isEqualTo(512);
  }

  /** Noise of 512 × 512 pixels cannot be packed into 512 KB. */
  @Test
  void oneOfTooManyBytesBecomesSmaller() throws IOException {
    assertThat(decoded(PreviewPng.of(noise(512, 512), 512)).width()).isEqualTo(256);
  }
}
