package dev.forgetmenot.kit.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JPEG images of many megapixels, as phones make them, where Java may use little memory. */
class LargeJpegTest {
  private static final int BLOCK = 8;

  /** Four blocks without change: no difference of the mean, end of block; six bits each. */
  private static final byte[] FOUR_BLOCKS = {0x28, (byte) 0xa2, (byte) 0x8a};

  @TempDir Path folder;

  /** A grey image of any size: the head of a small one, and as many blocks as the size asks. */
  private Path grey(int width, int height) throws IOException {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    BufferedImage block = new BufferedImage(BLOCK, BLOCK, BufferedImage.TYPE_BYTE_GRAY);
    assertThat(ImageIO.write(block, "jpeg", small)).isTrue();
    byte[] bytes = small.toByteArray();
    int frame = marker(bytes, 0xc0);
    bytes[frame + 5] = (byte) (height >> 8);
    bytes[frame + 6] = (byte) height;
    bytes[frame + 7] = (byte) (width >> 8);
    bytes[frame + 8] = (byte) width;
    int scan = marker(bytes, 0xda);
    int data = scan + 2 + (((bytes[scan + 2] & 0xff) << 8) | (bytes[scan + 3] & 0xff));
    long blocks = (long) ((width + BLOCK - 1) / BLOCK) * ((height + BLOCK - 1) / BLOCK);
    Path file = folder.resolve("large.jpg");
    byte[] row = new byte[FOUR_BLOCKS.length * 4096];
    for (int i = 0; i < row.length; i++) {
      row[i] = FOUR_BLOCKS[i % FOUR_BLOCKS.length];
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(bytes, 0, data);
      long left = (blocks + 3) / 4 * FOUR_BLOCKS.length;
      for (; left > 0; left -= row.length) {
        out.write(row, 0, (int) Math.min(left, row.length));
      }
      out.write(new byte[] {(byte) 0xff, (byte) 0xd9});
    }
    return file;
  }

  private static int marker(byte[] bytes, int code) {
    for (int i = 0; i < bytes.length - 1; i++) {
      if ((bytes[i] & 0xff) == 0xff && (bytes[i + 1] & 0xff) == code) {
        return i;
      }
    }
    throw new AssertionError("no marker " + code + " in " + Arrays.toString(bytes));
  }

  @ParameterizedTest
  @CsvSource({"12032, 9000, 3", "16384, 12208, 3"})
  void isReadAtASmallerSize(int width, int height, int step) throws Exception {
    Path file = grey(width, height);
    String said = read(file, 192);
    assertThat(said)
        .contains(
            String.join(
                " ",
                "read",
                String.valueOf(width),
                String.valueOf(height),
                "as",
                String.valueOf((width + step - 1) / step),
                String.valueOf((height + step - 1) / step),
                "of 128"));
  }

  @Test
  void whatDoesNotFitIsRefusedWithWhatToDo() throws Exception {
    Path file = grey(16_384, 12_208);
    assertThat(read(file, 48))
        .contains("refused: " + file + " does not fit into the memory that Java may use (")
        .contains("make the image smaller or allow more by FMN_JAVA_OPTS=-Xmx4g");
    assertThat(read(grey(24_000, 12_000), 192))
        .contains("large.jpg has 24000 × 12000 pixels (288 million)", "make it smaller");
  }

  /** Reads a file in a Java of its own. */
  private static String read(Path file, int megabytes) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "-XX:+UseSerialGC",
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** The program of {@link #read}. */
  static final class Reading {
    private Reading() {}

    public static void main(String... args) throws IOException {
      String line;
      try {
        ImageFile image = ImageFile.read(Path.of(args[0]));
        byte[] rgb = image.image().rgb();
        line =
            String.join(
                " ",
                "read",
                String.valueOf(image.width()),
                String.valueOf(image.height()),
                "as",
                String.valueOf(image.image().width()),
                String.valueOf(image.image().height()),
                "of",
                String.valueOf(rgb[rgb.length - 1] & 0xff));
      } catch (IOException e) {
        line = "refused: " + e.getMessage();
      }
      System.out.write(line.getBytes(StandardCharsets.UTF_8));
      System.out.flush();
    }
  }
}
