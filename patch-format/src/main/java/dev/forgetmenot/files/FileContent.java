package dev.forgetmenot.files;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file is that lies where another one is expected, recognised by its first bytes: readers
 * ask when a file is not of their own format, so that the message names what is there and what to
 * do.
 *
 * @param kind for callers that decide by it
 * @param what the end of a sentence that begins with the file's name, such as "is a web page"
 * @param remedy what to do, one or more sentences
 */
public record FileContent(Kind kind, String what, String remedy) {
  /** The formats that callers tell apart. */
  public enum Kind {
    /** Python pickles, also inside a ZIP archive: programs, which are never run. */
    PICKLE,
    /** Safetensors, whole or not. */
    SAFETENSORS,
    /** A {@code .fmnpatch} file. */
    PATCH,
    /** A JSON document. */
    JSON,
    /** Anything else that has a name. */
    OTHER
  }

  /** How many bytes of the beginning are looked at. */
  public static final int SEARCHED = 1 << 16;

  /** What to do with a pickle. */
  public static final String PICKLE_REMEDY =
      "A pickle can run any program when it is read, so it never is. Convert the model to"
          + " safetensors with the tool it came from, and use that file.";

  private static final String AGAIN = "Download the file again.";
  private static final String UNPACK = "Unpack it first, and name the file that was in it.";
  private static final Pattern LFS_SIZE = Pattern.compile("\\nsize (\\d{1,18})\\s");

  /**
   * A format with a fixed sequence of bytes.
   *
   * @param at where it is
   * @param bytes as characters of ISO 8859-1
   */
  private record Magic(int at, String bytes, String what, String remedy) {
    boolean matches(String start) {
      return start.startsWith(bytes, at);
    }
  }

  private static Magic archive(int at, String bytes, String name) {
    return new Magic(at, bytes, "is a " + name + " archive", UNPACK);
  }

  private static Magic weights(int at, String bytes, String what) {
    return new Magic(
        at, bytes, what, "Use the safetensors file of the model, or convert it with its own tool.");
  }

  private static Magic image(int at, String bytes, String name) {
    return new Magic(at, bytes, "is a " + name + " image", "Check the name; it may be a preview.");
  }

  private static final List<Magic> MAGICS =
      List.of(
          new Magic(
              0,
              "/annex/objects/",
              "is a git-annex pointer and not the file itself",
              "Run git annex get in its folder."),
          weights(0, "GGUF", "is a GGUF file (weights for llama.cpp and its relatives)"),
          weights(0, "tjgg", "is a GGML file (weights for llama.cpp and its relatives)"),
          weights(0, "lmgg", "is a GGML file (weights for llama.cpp and its relatives)"),
          weights(0, "\u0089HDF\r\n\u001a\n", "is an HDF5 file (weights of Keras)"),
          weights(0, "\u0093NUMPY", "is a NumPy array"),
          weights(4, "TFL3", "is a TensorFlow Lite model"),
          image(0, "\u0089PNG\r\n\u001a\n", "PNG"),
          image(0, "\u00ff\u00d8\u00ff", "JPEG"),
          image(0, "GIF8", "GIF"),
          image(8, "WEBP", "WebP"),
          archive(0, "\u001f\u008b", "gzip"),
          archive(0, "7z\u00bc\u00af'\u001c", "7z"),
          archive(0, "Rar!\u001a\u0007", "RAR"),
          archive(0, "\u00fd7zXZ\u0000", "xz"),
          archive(0, "BZh", "bzip2"),
          archive(0, "(\u00b5/\u00fd", "Zstandard"),
          archive(257, "ustar", "tar"),
          new Magic(0, "%PDF-", "is a PDF document", "Check the name."));

  /** Looks at a whole file in memory. */
  public static Optional<FileContent> of(byte[] bytes) {
    return of(ByteBuffer.wrap(bytes), bytes.length);
  }

  /**
   * Looks at the beginning of a file.
   *
   * @param start its first bytes, up to {@link #SEARCHED} or all there are; not changed
   * @param size of the file in bytes
   * @return empty if nothing is known of this content
   */
  public static Optional<FileContent> of(ByteBuffer start, long size) {
    byte[] bytes = new byte[Math.min(start.remaining(), SEARCHED)];
    start.duplicate().get(bytes);
    if (bytes.length == 0) {
      return Optional.of(other("is empty (0 bytes)", AGAIN));
    }
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    Optional<FileContent> binary = binary(bytes, latin, size);
    return binary.isPresent() ? binary : text(bytes, latin);
  }

  private static Optional<FileContent> binary(byte[] bytes, String latin, long size) {
    int first = bytes[0] & 0xff;
    if (isSafetensors(bytes)) {
      return Optional.of(
          new FileContent(
              Kind.SAFETENSORS, "is a safetensors file", "Name it where weights are expected."));
    }
    if (first == 0x80 && bytes.length > 1 && bytes[1] >= 0 && bytes[1] <= 5) {
      return Optional.of(
          new FileContent(
              Kind.PICKLE, "is a Python pickle (it starts with the opcode 0x80)", PICKLE_REMEDY));
    }
    if (latin.startsWith("PK")) {
      return Optional.of(zip(latin));
    }
    if (first == 0 && allZero(bytes)) {
      return Optional.of(
          other(
              size <= bytes.length
                  ? "holds nothing but zeros (" + size + " bytes)"
                  : "begins with " + bytes.length + " zeros",
              "A download that reserved its space and was not finished looks so. " + AGAIN));
    }
    for (Magic magic : MAGICS) {
      if (magic.matches(latin)) {
        return Optional.of(other(magic.what(), magic.remedy()));
      }
    }
    // ONNX is a protocol buffer: field 1 is a small version, field 2 the name of the producer.
    if (first == 8 && bytes.length > 4 && bytes[1] > 0 && bytes[1] < 32 && bytes[2] == 0x12) {
      return Optional.of(
          other("is an ONNX model", "Use the safetensors file of the model; ONNX is not read."));
    }
    return Optional.empty();
  }

  /** Eight bytes of length, then a JSON object. */
  private static boolean isSafetensors(byte[] bytes) {
    if (bytes.length < 9 || bytes[8] != '{') {
      return false;
    }
    return bytes[4] == 0 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0; // below 4 GiB
  }

  private static FileContent zip(String latin) {
    if (latin.contains("/data.pkl")) {
      return new FileContent(
          Kind.PICKLE, "is an archive with a Python pickle inside (data.pkl)", PICKLE_REMEDY);
    }
    if (latin.startsWith("mimetypeapplication/vnd.fmnpatch+zip", 30)) {
      return new FileContent(
          Kind.PATCH,
          "is a patch (.fmnpatch)",
          "Give it by --patch, or to the fmn patch commands.");
    }
    return other("is a ZIP archive", UNPACK);
  }

  private static boolean allZero(byte[] bytes) {
    for (byte one : bytes) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }

  private static Optional<FileContent> text(byte[] bytes, String latin) {
    String text = latin.startsWith("\u00ef\u00bb\u00bf") ? latin.substring(3) : latin;
    String start = text.stripLeading();
    String lower = start.substring(0, Math.min(start.length(), 64)).toLowerCase(Locale.ROOT);
    if (start.startsWith("version https://git-lfs.github.com/spec/")) {
      Matcher of = LFS_SIZE.matcher(start);
      return Optional.of(
          other(
              "is a Git LFS pointer and not the file itself"
                  + (of.find() ? ", which has " + of.group(1) + " bytes" : ""),
              "Run git lfs pull in its folder, or download the file itself."));
    }
    if (lower.startsWith("<!doctype html")
        || lower.startsWith("<html")
        || lower.startsWith("<head")) {
      return Optional.of(
          other(
              "is a web page",
              "The address led to a page and not to the file, as it does when one must sign in or"
                  + " accept a licence first. "
                  + AGAIN));
    }
    if (lower.startsWith("<?xml") || lower.startsWith("<error")) {
      return Optional.of(
          other(
              "is an XML document, such as a server sends for an error",
              "Open it to see what the server said. " + AGAIN));
    }
    if (start.startsWith("{") || start.startsWith("[")) {
      return Optional.of(
          new FileContent(
              Kind.JSON,
              "is a JSON document" + quoted(start),
              "Open it: a server may have sent an error in place of the file. " + AGAIN));
    }
    if (isText(bytes)) {
      return Optional.of(
          other("is a text" + quoted(start), "It may be what a server said. " + AGAIN));
    }
    return Optional.empty();
  }

  /** The beginning of a short document, for it says itself what went wrong. */
  private static String quoted(String start) {
    String line = start.lines().findFirst().orElse("").strip();
    boolean ascii = line.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    if (line.isEmpty() || !ascii) {
      return "";
    }
    return " (" + (line.length() > 60 ? line.substring(0, 60) + " …" : line) + ")";
  }

  private static boolean isText(byte[] bytes) {
    int looked = Math.min(bytes.length, 256);
    for (byte one : Arrays.copyOf(bytes, looked)) {
      boolean printable = one >= ' ' && one < 0x7f;
      if (!printable && one != '\n' && one != '\r' && one != '\t') {
        return false;
      }
    }
    return true;
  }

  private static FileContent other(String what, String remedy) {
    return new FileContent(Kind.OTHER, what, remedy);
  }
}
