package dev.forgetmenot.diffusion.image;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.files.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * PNG files whose text chunk {@code parameters} says how the image was made, as A1111 writes it:
 * tEXt where Latin-1 holds the text, iTXt where it does not.
 */
public final class PngFile {
  /** The keyword of the text chunk. */
  public static final String KEYWORD = "parameters";

  private static final String FORMAT = "javax_imageio_png_1.0";

  private PngFile() {}

  /**
   * Writes an image beside its place and moves it there.
   *
   * @param file the PNG file; an existing one is replaced
   * @param infotext the text of the {@code parameters} chunk; empty for none
   * @throws IOException if the file cannot be written; nothing half-written stays
   */
  public static void write(Path file, BufferedImage image, String infotext) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    AtomicFile.write(file, channel -> encode(Channels.newOutputStream(channel), image, infotext));
  }

  /** Writes an image as {@link #write(Path, BufferedImage, String)} does. */
  public static void write(Path file, RgbImage image, String infotext) throws IOException {
    write(file, image(image), infotext);
  }

  /** A file of pixels alone, without a text chunk. */
  public static byte[] bytes(RgbImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encode(bytes, image(image), "");
    return bytes.toByteArray();
  }

  /** Writes to a stream that stays open. */
  private static void encode(OutputStream stream, BufferedImage image, String infotext)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(stream)) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(image), writer.getDefaultWriteParam());
      if (!infotext.isEmpty()) {
        IIOMetadataNode root = new IIOMetadataNode(FORMAT);
        root.appendChild(textChunk(infotext));
        metadata.mergeTree(FORMAT, root);
      }
      writer.setOutput(out);
      writer.write(new IIOImage(image, null, metadata));
    } finally {
      writer.dispose();
    }
  }

  private static IIOMetadataNode textChunk(String infotext) {
    boolean latin1 = StandardCharsets.ISO_8859_1.newEncoder().canEncode(infotext);
    IIOMetadataNode entry = new IIOMetadataNode(latin1 ? "tEXtEntry" : "iTXtEntry");
    entry.setAttribute("keyword", KEYWORD);
    if (latin1) {
      entry.setAttribute("value", infotext);
    } else {
      entry.setAttribute("compressionFlag", "FALSE");
      entry.setAttribute("compressionMethod", "0");
      entry.setAttribute("languageTag", "");
      entry.setAttribute("translatedKeyword", "");
      entry.setAttribute("text", infotext);
    }
    IIOMetadataNode parent = new IIOMetadataNode(latin1 ? "tEXt" : "iTXt");
    parent.appendChild(entry);
    return parent;
  }

  /** An image as an AWT image. */
  public static BufferedImage image(RgbImage image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.rgb();
    int[] row = new int[image.width()];
    for (int y = 0, i = 0; y < image.height(); y++) {
      for (int x = 0; x < row.length; x++, i += 3) {
        row[x] = (rgb[i] & 0xff) << 16 | (rgb[i + 1] & 0xff) << 8 | (rgb[i + 2] & 0xff);
      }
      buffered.setRGB(0, y, row.length, 1, row, 0, row.length);
    }
    return buffered;
  }
}
