package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PillowResize;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.train.TrainingImages.Crop;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingImagesTest {
  @TempDir Path folder;

  /** Left half red, right half blue. */
  private static BufferedImage halves(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, x < width / 2 ? 0xffff0000 : 0xff0000ff);
      }
    }
    return image;
  }

  private void write(BufferedImage image, String format, String name) throws IOException {
    assertThat(ImageIO.write(image, format, folder.resolve(name).toFile())).isTrue();
  }

  private static int channel(RgbImage image, int x, int y, int c) {
    return image.rgb()[(y * image.width() + x) * 3 + c] & 0xff;
  }

  @Test
  void everyFormatBecomesASquareOfTheModelsSize() throws IOException {
    write(halves(40, 20, BufferedImage.TYPE_INT_RGB), "png", "a.png");
    write(halves(20, 40, BufferedImage.TYPE_INT_RGB), "bmp", "b.BMP");
    write(halves(33, 33, BufferedImage.TYPE_INT_RGB), "gif", "c.gif");
    write(halves(64, 48, BufferedImage.TYPE_INT_RGB), "jpg", "d.jpg");
    Files.writeString(folder.resolve("notes.txt"), "no image");
    TrainingImages read = TrainingImages.read(folder, 16, Crop.CENTRE, 0, said -> {});
    assertThat(read.images()).hasSize(4).allMatch(p -> p.width() == 16 && p.height() == 16);
    for (RgbImage image : read.images()) {
      assertThat(channel(image, 1, 8, 0)).isGreaterThan(240);
      assertThat(channel(image, 1, 8, 2)).isLessThan(15);
      assertThat(channel(image, 14, 8, 2)).isGreaterThan(240);
    }
    assertThat(read.digests()).hasSize(4).doesNotHaveDuplicates().allMatch(d -> d.length() == 64);
  }

  @Test
  void aRandomCropIsTheSameForTheSameSeed() throws IOException {
    BufferedImage ramp = new BufferedImage(200, 20, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 200; x++) {
      for (int y = 0; y < 20; y++) {
        ramp.setRGB(x, y, x);
      }
    }
    write(ramp, "png", "ramp.png");
    byte[] one = TrainingImages.read(folder, 20, Crop.RANDOM, 1, said -> {}).images().get(0).rgb();
    byte[] again =
        TrainingImages.read(folder, 20, Crop.RANDOM, 1, said -> {}).images().get(0).rgb();
    byte[] other =
        TrainingImages.read(folder, 20, Crop.RANDOM, 2, said -> {}).images().get(0).rgb();
    assertThat(again).isEqualTo(one);
    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void transparencyBecomesWhite() throws IOException {
    BufferedImage clear = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(3, 4, 0x80000000);
    write(clear, "png", "clear.png");
    RgbImage image = TrainingImages.read(folder, 16, Crop.CENTRE, 0, said -> {}).images().get(0);
    assertThat(channel(image, 0, 0, 1)).isEqualTo(255);
    assertThat(channel(image, 3, 4, 1)).isEqualTo(127);
  }

  @Test
  void makingSmallerTakesMeansAndLargerBlends() {
    byte[] stripes = new byte[8 * 3];
    for (int x = 0; x < 8; x += 2) {
      stripes[3 * x] = (byte) 200;
    }
    RgbImage row = new RgbImage(8, 1, stripes);
    RgbImage half = PillowResize.resize(row, 2, 1, false);
    assertThat(channel(half, 0, 0, 0)).isBetween(95, 125); // not 0 or 200
    RgbImage two = new RgbImage(2, 1, new byte[] {0, 0, 0, 100, 0, 0});
    RgbImage four = PillowResize.resize(two, 4, 1, false);
    assertThat(four.rgb()[0]).isZero();
    assertThat(four.rgb()[3]).isEqualTo((byte) 25);
    assertThat(four.rgb()[6]).isEqualTo((byte) 75);
    assertThat(four.rgb()[9]).isEqualTo((byte) 100);
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    assertThatThrownBy(
            () -> TrainingImages.read(folder.resolve("none"), 16, Crop.CENTRE, 0, said -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a folder");
    assertThatThrownBy(() -> TrainingImages.read(folder, 16, Crop.CENTRE, 0, said -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds no image")
        .hasMessageContaining("PNG");
    Files.writeString(folder.resolve("broken.png"), "not an image");
    assertThatThrownBy(() -> TrainingImages.read(folder, 16, Crop.CENTRE, 0, said -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broken.png");
  }

  @Test
  void aMaskBesideItsImageIsCutTheSameWayAndIsNoImage() throws IOException {
    write(halves(40, 20, BufferedImage.TYPE_INT_RGB), "png", "a.png");
    BufferedImage mask = new BufferedImage(40, 20, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 20; y++) {
      for (int x = 20; x < 40; x++) {
        mask.setRGB(x, y, 0xffffffff);
      }
    }
    write(mask, "png", "a.mask.png");
    write(halves(20, 20, BufferedImage.TYPE_INT_RGB), "jpg", "b.jpg");
    TrainingImages read = TrainingImages.read(folder, 16, Crop.CENTRE, 0, said -> {});
    assertThat(read.images()).hasSize(2);
    assertThat(read.masks().get(1)).isEmpty();
    PixelMask found = read.masks().get(0).orElseThrow();
    assertThat(found.side()).isEqualTo(16);
    assertThat(found.weights()[16 * 8 + 2]).isZero(); // where the image is red
    assertThat(found.weights()[16 * 8 + 13]).isEqualTo(1f); // where it is blue
    assertThat(found.resized(2)[0]).isLessThan(0.02f);
    assertThat(found.resized(2)[3]).isGreaterThan(0.98f);
    assertThat(found.resized(1)[0]).isBetween(0.49f, 0.51f);
    assertThat(found.resized(3)[1]).isBetween(0.3f, 0.7f); // the middle column takes from both

    write(mask, "png", "b.mask.png");
    assertThatThrownBy(() -> TrainingImages.read(folder, 16, Crop.CENTRE, 0, said -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("b.mask.png")
        .hasMessageContaining("40 × 20");
  }

  @Test
  void filesGiveTheirNamesAndAMaskNeedsAImage() throws IOException {
    write(halves(20, 20, BufferedImage.TYPE_INT_RGB), "png", "a <s>.png");
    write(halves(20, 20, BufferedImage.TYPE_BYTE_GRAY), "png", "a <s>.mask.png");
    TrainingImages read = TrainingImages.read(folder, 16, Crop.CENTRE, 0, said -> {});
    assertThat(read.stems()).containsExactly("a <s>");
    float[] mask = read.masks().get(0).orElseThrow().weights();
    float[] flipped = read.masks().get(0).orElseThrow().flipped().weights();
    assertThat(mask[0]).isNotEqualTo(mask[15]);
    assertThat(flipped[0]).isEqualTo(mask[15]);
    assertThat(flipped[15]).isEqualTo(mask[0]);
    write(halves(20, 20, BufferedImage.TYPE_BYTE_GRAY), "png", "b.mask.png");
    assertThatThrownBy(() -> TrainingImages.read(folder, 16, Crop.CENTRE, 0, said -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("b.mask.png is the mask of no image");
  }

  @Test
  void whatIsLeftOutIsSaidAndEveryDamagedFileIsNamed() throws IOException {
    write(halves(20, 20, BufferedImage.TYPE_INT_RGB), "png", "a.png");
    write(halves(20, 20, BufferedImage.TYPE_INT_RGB), "jpg", "no-ending");
    Files.createDirectory(folder.resolve("more"));
    Files.writeString(folder.resolve("notes.txt"), "words");
    Files.writeString(folder.resolve(".DS_Store"), "");
    Files.writeString(folder.resolve("phone.heic"), "\0\0\0\u0018ftypheic\0\0\0\0");
    List<String> said = new ArrayList<>();
    TrainingImages read = TrainingImages.read(folder, 16, Crop.CENTRE, 0, said::add);
    assertThat(read.stems()).containsExactly("a", "no-ending");
    assertThat(said)
        .containsExactly(
            "2 images",
            "left out, format not supported: phone.heic (HEIC); save as JPEG or PNG",
            "left out, not an image: more/, notes.txt");

    byte[] whole = Files.readAllBytes(folder.resolve("no-ending"));
    Files.write(folder.resolve("cut.jpg"), Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(folder.resolve("page.png"), "<html>");
    assertThatThrownBy(() -> TrainingImages.read(folder, 16, Crop.CENTRE, 0, said::add))
        .hasMessageContaining("cut.jpg is a damaged JPEG file")
        .hasMessageContaining("page.png is not a readable image");
  }
}
