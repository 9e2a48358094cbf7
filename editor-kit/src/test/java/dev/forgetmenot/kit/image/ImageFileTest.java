package dev.forgetmenot.kit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.RgbImage;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileTest {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  @TempDir Path folder;

  /** A file of the resources, which images/make.py made, under a name. */
  private Path file(String resource, String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = ImageFileTest.class.getResourceAsStream("/images/" + resource)) {
      Files.copy(in, file);
    }
    return file;
  }

  private RgbImage read(String resource) throws IOException {
    return ImageFile.read(file(resource, resource)).image();
  }

  private static double meanDistance(RgbImage one, RgbImage other) {
    assertThat(one.width()).isEqualTo(other.width());
    assertThat(one.height()).isEqualTo(other.height());
    double sum = 0;
    for (int i = 0; i < one.rgb().length; i++) {
      sum += Math.abs((one.rgb()[i] & 0xff) - (other.rgb()[i] & 0xff));
    }
    return sum / one.rgb().length;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyOrientationIsTurnedUpright(int code) throws IOException {
    RgbImage upright = read("upright.png");
    for (String lossless : new String[] {"png", "tif", "webp"}) {
      RgbImage turned = read("turned-" + code + "." + lossless);
      assertThat(meanDistance(turned, upright)).as(lossless).isZero();
    }
    assertThat(meanDistance(read("turned-" + code + ".jpg"), upright)).isLessThan(4);
  }

  @ParameterizedTest
  @CsvSource({"lossless.webp, 0", "lossy.webp, 6", "progressive.jpg, 4"})
  void otherFormatsShowTheSame(String name, double distance) throws IOException {
    assertThat(meanDistance(read(name), read("upright.png"))).isLessThanOrEqualTo(distance);
  }

  @Test
  void cmykIsConverted() throws IOException {
    RgbImage cmyk = read("cmyk.jpg");
    RgbImage upright = read("upright.png");
    // by a profile or by the simple rule: the colours are those of the drawing, not their opposites
    assertThat(meanDistance(cmyk, upright)).isLessThan(40);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grey.png",
        "grey-16.png",
        "grey-alpha.png",
        "grey-palette.png",
        "grey.webp",
        "grey.tif"
      })
  void greyIsTheSameInEveryMode(String name) throws IOException {
    assertThat(meanDistance(read(name), read("grey-rgb.png"))).isZero();
  }

  @Test
  void greyJpegKeepsItsValues() throws IOException {
    assertThat(meanDistance(read("grey.jpg"), read("grey-rgb.png"))).isLessThan(1.5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha.png", "alpha.webp"})
  void transparentPartsLieOnWhite(String name) throws IOException {
    RgbImage alpha = read(name);
    RgbImage upright = read("upright.png");
    int half = upright.rgb()[0] & 0xff;
    assertThat(alpha.rgb()[0] & 0xff).isEqualTo((half * 128 + 255 * 127 + 127) / 255);
    assertThat(alpha.rgb()[3 * 23] & 0xff).isEqualTo(255);
  }

  @Test
  void theContentDecidesNotTheName() throws IOException {
    RgbImage webp = ImageFile.read(file("lossless.webp", "photo.jpg")).image();
    assertThat(meanDistance(webp, read("upright.png"))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "progressive.jpg",
        "turned-1.jpg",
        "upright.png",
        "lossless.webp",
        "lossy.webp",
        "turned-1.tif",
        "gif",
        "bmp"
      })
  void aFileThatIsCutOffIsRefusedWherever(String name) throws IOException {
    Path whole;
    if (name.length() == 3) {
      whole = folder.resolve("drawn." + name);
      BufferedImage drawn = ImageIO.read(file("upright.png", "source.png").toFile());
      assertThat(ImageIO.write(drawn, name, whole.toFile())).isTrue();
    } else {
      whole = file(name, name);
    }
    byte[] bytes = Files.readAllBytes(whole);
    assertThat(ImageFile.read(whole).width()).isEqualTo(24);
    for (double share : new double[] {0.3, 0.5, 0.7, 0.9}) {
      Path cut = folder.resolve("cut-" + share + "-" + whole.getFileName());
      Files.write(cut, Arrays.copyOf(bytes, (int) (bytes.length * share)));
      assertThatThrownBy(() -> ImageFile.read(cut))
          .as("%s of %s", share, name)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(cut.toString())
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void aChangedByteOfAPngIsFound() throws IOException {
    Path file = file("upright.png", "a.png");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 30] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> ImageFile.read(file))
        .hasMessageContaining("a.png is a damaged PNG")
        .hasMessageContaining("check sum");
  }

  @Test
  void whatCannotBeReadIsNamedWithARemedy() throws IOException {
    Path avif = file("plain.avif", "photo.jpg");
    assertThatThrownBy(() -> ImageFile.read(avif))
        .hasMessageContaining("photo.jpg is a AVIF image")
        .hasMessageContaining("save it as JPEG or PNG");
    Path heic = folder.resolve("photo.heic");
    Files.write(heic, "\0\0\0\u0018ftypheic\0\0\0\0mif1heic".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> ImageFile.read(heic)).hasMessageContaining("HEIC");
    Path page = Files.writeString(folder.resolve("page.png"), "<html>not found</html>");
    assertThatThrownBy(() -> ImageFile.read(page))
        .hasMessageContaining("page.png is not a readable image")
        .hasMessageContaining("JPEG, PNG");
    assertThatThrownBy(() -> ImageFile.read(folder)).hasMessageContaining("is not a file");
  }

  @Test
  void aProfileOfAnotherColourSpaceIsUsed() throws IOException {
    byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    Path file = folder.resolve("linear.png");
    try (PngWriter png = new PngWriter(file)) {
      png.header(1, 1, 8, 2);
      png.chunk("iCCP", join("linear\0\0".getBytes(StandardCharsets.US_ASCII), deflated(linear)));
      png.chunk("IDAT", deflated(new byte[] {0, 55, 55, 55}));
    }
    // linear 55/255 is 0.2157, which sRGB stores as 128
    assertThat(ImageFile.read(file).image().rgb()[0] & 0xff).isBetween(126, 130);
  }

  @Test
  void aLargeImageIsReadAtASmallerSize() throws IOException {
    Path file = folder.resolve("large.png");
    int side = 7000;
    try (PngWriter png = new PngWriter(file)) {
      png.header(side, side, 8, 0);
      png.chunk("IDAT", deflated(new byte[(side + 1) * side]));
    }
    ImageFile image = ImageFile.read(file);
    assertThat(image.width()).isEqualTo(side);
    assertThat(image.image().width()).isEqualTo(side / 2);
  }

  @Test
  void tooManyPixelsAreRefusedBeforeDecoding() throws IOException {
    Path file = folder.resolve("bomb.png");
    try (PngWriter png = new PngWriter(file)) {
      png.header(50_000, 50_000, 8, 2);
      png.chunk("IDAT", new byte[0]);
    }
    assertThatThrownBy(() -> ImageFile.read(file))
        .hasMessageContaining("bomb.png has 50000 × 50000 pixels (2500 million)")
        .hasMessageContaining("make it smaller");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zTXt", "iTXt", "iCCP"})
  void whatUnpacksToMuchMoreIsNotUnpacked(String type) throws IOException {
    Path file = folder.resolve("bomb.png");
    byte[] before =
        (type.equals("iTXt") ? "parameters\0\1\0\0\0" : "parameters\0\0")
            .getBytes(StandardCharsets.US_ASCII);
    try (PngWriter png = new PngWriter(file)) {
      png.header(1, 1, 8, 3);
      png.chunk("PLTE", new byte[] {1, 2, 3});
      png.chunk(type, join(before, zeros(1L << 28)));
      png.chunk("IDAT", deflated(new byte[] {0, 0}));
    }
    assertThat(Files.size(file)).isLessThan(1 << 20);
    assertThat(ImageFile.read(file).image().rgb()).isEqualTo(new byte[] {1, 2, 3});
    if (type.equals("iCCP")) {
      assertThat(ImageFile.text(file, "parameters")).isEmpty();
    } else {
      assertThatThrownBy(() -> ImageFile.text(file, "parameters"))
          .hasMessageContaining("bomb.png")
          .hasMessageContaining("larger than 1 MiB");
    }
  }

  @ParameterizedTest
  @CsvSource({"tEXt, ''", "zTXt, '\0'", "iTXt, '\1\0en\0\0'", "iTXt, '\0\0en\0x\0'"})
  void textsAreReadPackedOrNot(String type, String between) throws IOException {
    Path file = folder.resolve("a.png");
    byte[] text = "a fox\nSteps: 4".getBytes(StandardCharsets.US_ASCII);
    boolean packed = type.equals("zTXt") || between.startsWith("\1");
    byte[] head = ("parameters\0" + between).getBytes(StandardCharsets.US_ASCII);
    try (PngWriter png = new PngWriter(file)) {
      png.header(1, 1, 8, 0);
      png.chunk("tEXt", "parametersX\0no".getBytes(StandardCharsets.US_ASCII));
      png.chunk(type, join(head, packed ? deflated(text) : text));
    }
    assertThat(ImageFile.text(file, "parameters")).contains("a fox\nSteps: 4");
    assertThat(ImageFile.text(file, "workflow")).isEmpty();
  }

  private static byte[] join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static byte[] deflated(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflating = new DeflaterOutputStream(out)) {
      deflating.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] zeros(long count) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] part = new byte[1 << 20];
    try (DeflaterOutputStream deflating =
        new DeflaterOutputStream(out, new Deflater(Deflater.BEST_COMPRESSION), 1 << 16)) {
      for (long left = count; left > 0; left -= part.length) {
        deflating.write(part);
      }
    }
    return out.toByteArray();
  }

  /** Writes PNG files with any chunks. */
  private static final class PngWriter implements AutoCloseable {
    private final DataOutputStream out;

    PngWriter(Path file) throws IOException {
      OutputStream stream = Files.newOutputStream(file);
      out = new DataOutputStream(stream);
      out.write(SIGNATURE);
    }

    void header(int width, int height, int bits, int colour) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      DataOutputStream data = new DataOutputStream(body);
      data.writeInt(width);
      data.writeInt(height);
      data.write(new byte[] {(byte) bits, (byte) colour, 0, 0, 0});
      chunk("IHDR", body.toByteArray());
    }

    void chunk(String type, byte[] body) throws IOException {
      CRC32 crc = new CRC32();
      crc.update(type.getBytes(StandardCharsets.US_ASCII));
      crc.update(body);
      out.writeInt(body.length);
      out.writeBytes(type);
      out.write(body);
      out.writeInt((int) crc.getValue());
    }

    @Override
    public void close() throws IOException {
      chunk("IEND", new byte[0]);
      out.close();
    }
  }
}
