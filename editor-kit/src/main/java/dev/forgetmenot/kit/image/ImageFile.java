package dev.forgetmenot.kit.image;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.files.Message;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * An image as a file shows it: upright as the camera noted, in sRGB (assumed where the file names
 * no other colour space), transparent parts on white. The content decides what format it is, not
 * the name. A file that is cut off or damaged is refused.
 *
 * @param width of the upright image in the file, in pixels
 * @param height likewise
 * @param image the pixels; of an image with more than {@value #MOST} of them only every second,
 *     third, … of a row and of a column, so that no more than that are in memory
 */
public record ImageFile(int width, int height, RgbImage image) {
  /** Most pixels of {@link #image}. */
  public static final int MOST = 24_000_000;

  private static final int TEXT = 1 << 20;

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, is no image, is of a format that is not supported, is
   *     damaged, or is too large; the message names the file and what to do
   */
  public static ImageFile read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not a file; name an image file");
    }
    ImageFormat format =
        ImageFormat.of(file)
            .orElseThrow(
                () ->
                    new IOException(
                        Message.of(
                            "%s is not a readable image: expected %s; remove it or get it again",
                            file, READABLE)));
    if (!format.readable()) {
      throw new IOException(
          Message.of(
              "%s is a %s image, which is not supported; save it as JPEG or PNG",
              file, format.title()));
    }
    try {
      return format == ImageFormat.PNG ? png(file) : plain(file, format);
    } catch (OutOfMemoryError e) {
      throw new IOException(
          file
              + " does not fit into the memory that Java may use ("
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MB); make the image smaller or allow more by FMN_JAVA_OPTS=-Xmx4g",
          e);
    }
  }

  /** The formats that are read, for messages. */
  public static final String READABLE = "JPEG, PNG, WebP, TIFF, BMP or GIF";

  /**
   * The text that a PNG file holds under a keyword.
   *
   * @throws IOException if the file is no PNG, is damaged, or its text is larger than 1 MiB
   */
  public static Optional<String> text(Path file, String keyword) throws IOException {
    if (ImageFormat.of(file).orElse(null) != ImageFormat.PNG) {
      throw new IOException(file + " is not a PNG image; only PNG files are searched for texts");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return PngFile.text(file, in, keyword, TEXT);
    }
  }

  private static ImageFile png(Path file) throws IOException {
    try (PngFile chunks = new PngFile(file, new BufferedInputStream(Files.newInputStream(file)));
        ImageInputStream in = new MemoryCacheImageInputStream(chunks)) {
      Decoded decoded;
      try {
        decoded = decode(file, ImageFormat.PNG, in);
      } finally {
        chunks.finish(); // a wrong check sum says more than what a decoder made of it
      }
      return decoded.upright(
          Orientation.ofExif(chunks.kept("eXIf")),
          inSpace(decoded.image(), chunks.kept("iCCP"), file));
    }
  }

  private static ImageFile plain(Path file, ImageFormat format) throws IOException {
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      Orientation orientation = Orientation.of(format, in);
      if (format == ImageFormat.WEBP) {
        checkLength(file, in);
      }
      Decoded decoded = decode(file, format, in);
      return decoded.upright(orientation, decoded.image());
    }
  }

  /** A WebP file says how long it is; its decoder goes on without what is missing. */
  private static void checkLength(Path file, ImageInputStream in) throws IOException {
    in.seek(4);
    in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    long length = in.readUnsignedInt() + 8;
    in.setByteOrder(ByteOrder.BIG_ENDIAN);
    in.seek(0);
    if (in.length() < length) {
      String how = "it ends after " + in.length() + " of " + length + " bytes";
      throw damaged(file, ImageFormat.WEBP, how, null);
    }
  }

  /** What a reader gave. */
  private record Decoded(Path file, int width, int height, BufferedImage image) {
    ImageFile upright(Orientation turn, BufferedImage coloured) throws IOException {
      RgbImage pixels;
      try {
        pixels = RgbPixels.of(coloured);
      } catch (IOException e) {
        throw new IOException(
            file + " cannot be used: " + e.getMessage() + "; save it as PNG or JPEG", e);
      }
      return new ImageFile(
          turn.lying() ? height : width, turn.lying() ? width : height, turn.apply(pixels));
    }
  }

  private static Decoded decode(Path file, ImageFormat format, ImageInputStream in)
      throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.reader());
    ImageReader reader = readers.next();
    Damage damage = new Damage();
    try {
      reader.addIIOReadWarningListener(damage);
      reader.setInput(in, true, format == ImageFormat.PNG);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      checkSize(file, format, width, height);
      ImageReadParam param = reader.getDefaultReadParam();
      int step = 1;
      while ((long) ((width + step - 1) / step) * ((height + step - 1) / step) > MOST) {
        step++;
      }
      param.setSourceSubsampling(step, step, 0, 0);
      BufferedImage image = reader.read(0, param);
      if (damage.found != null) {
        throw damaged(file, format, damage.found, null);
      }
      return new Decoded(file, width, height, image);
    } catch (IOException | RuntimeException e) {
      throw named(file, format, e);
    } finally {
      reader.dispose();
    }
  }

  /** Our own message that a reader has wrapped, or one for what a reader says. */
  private static IOException named(Path file, ImageFormat format, Exception thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException own
          && !(cause instanceof IIOException)
          && own.getMessage() != null
          && own.getMessage().startsWith(file.toString())) {
        return own;
      }
    }
    return damaged(file, format, thrown.getMessage(), thrown);
  }

  private static void checkSize(Path file, ImageFormat format, int width, int height)
      throws IOException {
    if ((long) width * height > format.limit()) {
      throw new IOException(
          Message.of(
              "%s has %d × %d pixels (%.0f million), but at most %.0f million of a %s image are"
                  + " decoded; make it smaller",
              file,
              width,
              height,
              width * (double) height / 1e6,
              format.limit() / 1e6,
              format.title()));
    }
  }

  private static IOException damaged(Path file, ImageFormat format, String how, Throwable cause) {
    return new IOException(
        Message.of(
            "%s is a damaged %s file%s; get or save it again, or take it out",
            file,
            format.title(),
            how == null ? "" : " (" + how.lines().findFirst().orElse("") + ")"),
        cause);
  }

  /** The same samples, read as values of the colour space that a profile describes. */
  private static BufferedImage inSpace(BufferedImage image, byte[] profile, Path file)
      throws IOException {
    if (profile.length == 0 || !(image.getColorModel() instanceof ComponentColorModel model)) {
      return image;
    }
    try {
      ICC_Profile icc = ICC_Profile.getInstance(profile);
      if (icc.getColorSpaceType() != ColorSpace.TYPE_RGB || model.getNumColorComponents() != 3) {
        return image;
      }
      ColorModel named =
          new ComponentColorModel(
              new ICC_ColorSpace(icc),
              model.hasAlpha(),
              model.isAlphaPremultiplied(),
              model.getTransparency(),
              model.getTransferType());
      return new BufferedImage(named, image.getRaster(), false, null);
    } catch (IllegalArgumentException e) {
      throw damaged(file, ImageFormat.PNG, "its colour profile is none", e);
    }
  }

  /** Listens for what readers report and go on after, with pixels that they made up. */
  private static final class Damage implements IIOReadWarningListener {
    private String found;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      String lower = warning.toLowerCase(Locale.ROOT);
      boolean pixels =
          lower.contains("premature")
              || lower.contains("corrupt")
              || lower.contains("truncated")
              || lower.contains("unexpected end")
              || lower.contains("eof");
      if (found == null && pixels) {
        found = warning;
      }
    }
  }
}
