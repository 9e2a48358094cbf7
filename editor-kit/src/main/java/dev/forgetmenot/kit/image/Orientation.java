package dev.forgetmenot.kit.image;

import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import dev.forgetmenot.api.model.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * How the stored pixels of an image are to be turned, as cameras note it.
 *
 * @param code EXIF's: 1 upright, 2 mirrored left to right, 3 upside down, 4 mirrored top to bottom,
 *     5 to 8 the same lying on a side
 */
record Orientation(int code) {
  static final Orientation UPRIGHT = new Orientation(1);

  /** Most bytes of EXIF data that are looked at. */
  private static final int MOST = 1 << 20;

  /** What a file of a format other than PNG says; upright if nothing. Leaves the position. */
  static Orientation of(ImageFormat format, ImageInputStream in) throws IOException {
    long start = in.getStreamPosition();
    try {
      return switch (format) {
        case TIFF -> read(in);
        case JPEG -> ofJpeg(in);
        case WEBP -> ofWebp(in);
        default -> UPRIGHT;
      };
    } catch (IOException | RuntimeException e) {
      return UPRIGHT; // a note that cannot be read: viewers go on without it too
    } finally {
      in.seek(start);
      in.setByteOrder(ByteOrder.BIG_ENDIAN);
    }
  }

  /** What EXIF data says; upright if nothing, or nothing that can be read. */
  static Orientation ofExif(byte[] exif) {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(exif))) {
      return read(in);
    } catch (IOException | RuntimeException e) {
      return UPRIGHT;
    }
  }

  private static Orientation ofJpeg(ImageInputStream in) throws IOException {
    for (JPEGSegment segment : JPEGSegmentUtil.readSegments(in, JPEG.APP1, "Exif")) {
      // one byte fills up after the identifier and its end
      byte[] exif = segment.data().readAllBytes();
      return ofExif(Arrays.copyOfRange(exif, 1, exif.length));
    }
    return UPRIGHT;
  }

  private static Orientation ofWebp(ImageInputStream in) throws IOException {
    in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    in.skipBytes(12);
    byte[] type = new byte[4];
    while (true) {
      in.readFully(type);
      long length = in.readUnsignedInt();
      if (new String(type, StandardCharsets.US_ASCII).equals("EXIF")) {
        byte[] exif = new byte[(int) Math.min(length, MOST)];
        in.readFully(exif);
        boolean named = exif.length > 6 && exif[0] == 'E';
        return ofExif(named ? Arrays.copyOfRange(exif, 6, exif.length) : exif);
      }
      in.seek(in.getStreamPosition() + length + length % 2);
    }
  }

  private static Orientation read(ImageInputStream tiff) throws IOException {
    Directory directory = new TIFFReader().read(tiff);
    Entry entry = directory.getEntryById(TIFF.TAG_ORIENTATION);
    return entry != null
            && entry.getValue() instanceof Number code
            && code.intValue() >= 1
            && code.intValue() <= 8
        ? new Orientation(code.intValue())
        : UPRIGHT;
  }

  /** Whether the upright image is as wide as the stored one is high. */
  boolean lying() {
    return code >= 5;
  }

  /** The image upright. */
  RgbImage apply(RgbImage in) {
    if (code == 1) {
      return in;
    }
    int width = lying() ? in.height() : in.width();
    int height = lying() ? in.width() : in.height();
    byte[] rgb = new byte[in.rgb().length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int across = lying() ? y : x;
        int down = lying() ? x : y;
        boolean fromRight = code == 2 || code == 3 || code == 7 || code == 8;
        boolean fromBottom = code == 3 || code == 4 || code == 6 || code == 7;
        int column = fromRight ? in.width() - 1 - across : across;
        int row = fromBottom ? in.height() - 1 - down : down;
        System.arraycopy(in.rgb(), 3 * (row * in.width() + column), rgb, 3 * (y * width + x), 3);
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
