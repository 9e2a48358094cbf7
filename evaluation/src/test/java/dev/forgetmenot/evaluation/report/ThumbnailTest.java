package dev.forgetmenot.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ThumbnailTest {
  @Test
  void keepsSmallImagesAndReducesLargeOnes() throws IOException {
    assertThat(size(64, 64)).isEqualTo("64 x 64");
    assertThat(size(512, 256)).isEqualTo("96 x 48");
    assertThat(size(1, 500)).isEqualTo("1 x 96");
  }

  @Test
  void keepsColours() throws IOException {
    int pixel = decoded(200, 200, (byte) 40).getRGB(50, 50) & 0xff;
    assertThat(pixel).isBetween(37, 43);
  }

  private static String size(int width, int height) throws IOException {
    BufferedImage image = decoded(width, height, (byte) 0);
    return image.getWidth() + " x " + image.getHeight();
  }

  private static BufferedImage decoded(int width, int height, byte grey) throws IOException {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, grey);
    byte[] file = Base64.getDecoder().decode(Thumbnail.base64(new RgbImage(width, height, rgb)));
    return ImageIO.read(new ByteArrayInputStream(file));
  }
}
