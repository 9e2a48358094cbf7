package dev.forgetmenot.kit.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Image file formats, recognised by the first bytes of a file and never by its name. */
public enum ImageFormat {
  /** JPEG. */
  JPEG("JPEG", "jpeg", 256),
  /** PNG. */
  PNG("PNG", "png", 256),
  /** GIF; the first frame counts. */
  GIF("GIF", "gif", 256),
  /** BMP. */
  BMP("BMP", "bmp", 256),
  /** TIFF; the first page counts. */
  TIFF("TIFF", "tiff", 64),
  /** WebP, which is decoded whole. */
  WEBP("WebP", "webp", 64),
  /** HEIC, as phones write it. */
  HEIC("HEIC"),
  /** AVIF. */
  AVIF("AVIF"),
  /** JPEG XL. */
  JPEG_XL("JPEG XL"),
  /** JPEG 2000. */
  JPEG_2000("JPEG 2000"),
  /** Photoshop. */
  PSD("Photoshop");

  private static final int HEAD = 32;
  private static final Set<String> HEIF = Set.of("heic", "heix", "hevc", "heim", "heis", "mif1");

  /** Names that promise an image, in lower case without the point. */
  private static final Set<String> SUFFIXES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "dib", "tif", "tiff", "webp", "heic",
          "heif", "avif", "jxl", "jp2", "psd");

  private final String title;
  private final String reader;
  private final int megapixels;

  ImageFormat(String title) {
    this(title, "", 0);
  }

  ImageFormat(String title, String reader, int megapixels) {
    this.title = title;
    this.reader = reader;
    this.megapixels = megapixels;
  }

  /** The name that people know. */
  public String title() {
    return title;
  }

  /** Whether {@link ImageFile} reads it. */
  public boolean readable() {
    return megapixels > 0;
  }

  /** Most pixels that are decoded; larger images are refused before decoding. */
  long limit() {
    return megapixels * 1_000_000L;
  }

  /** Name of the reader in Java's registry. */
  String reader() {
    return reader;
  }

  /** Whether a file's name promises an image, whatever is in it. */
  public static boolean promisedBy(Path file) {
    String name = file.getFileName().toString();
    return SUFFIXES.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * The format of a file's content; empty if it is no image that is known here.
   *
   * @throws IOException if the file cannot be read
   */
  public static Optional<ImageFormat> of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1));
    }
  }

  private static Optional<ImageFormat> of(String head) {
    ImageFormat found = null;
    if (head.startsWith("\u00ff\u00d8\u00ff")) {
      found = JPEG;
    } else if (head.startsWith("\u0089PNG\r\n\u001a\n")) {
      found = PNG;
    } else if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) {
      found = GIF;
    } else if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
      found = WEBP;
    } else if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
      found = TIFF;
    } else if (head.startsWith("BM") && head.startsWith("\0\0\0\0", 6)) {
      found = BMP;
    } else if (head.startsWith("8BPS")) {
      found = PSD;
    } else if (head.startsWith("\u00ff\n") || head.startsWith("JXL ", 4)) {
      found = JPEG_XL;
    } else if (head.startsWith("jP  ", 4)) {
      found = JPEG_2000;
    } else if (head.startsWith("ftyp", 4) && head.length() > 12) {
      String brand = head.substring(8, 12);
      if (brand.startsWith("avi") || head.indexOf("avif", 12) > 0) {
        found = AVIF;
      } else if (HEIF.contains(brand)) {
        found = HEIC;
      }
    }
    return Optional.ofNullable(found);
  }
}
