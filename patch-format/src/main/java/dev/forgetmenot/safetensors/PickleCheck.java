package dev.forgetmenot.safetensors;

import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * Tells pickles by what they contain, and the files of other tools by their name.
 *
 * <p>A pickle is a program: reading one runs it. This project never does, and has no switch for it.
 */
final class PickleCheck {

  private static final Set<String> PICKLE_EXTENSIONS = Set.of("ckpt", "pt", "pth", "bin", "pkl");
  private static final int SEARCHED = 1 << 16;
  private static final String REMEDY =
      "A pickle can run any program when it is read, so it never is. Convert the model to safetensors with the tool it"
          + " came from, and use that file.";

  private PickleCheck() {}

  /** Refuses a file whose extension belongs to pickles, whatever it holds. */
  static void checkName(Path path) throws SafetensorsException {
    Path file = path.getFileName();
    String name = file == null ? "" : file.toString().toLowerCase(Locale.ROOT);
    String extension = name.substring(name.lastIndexOf('.') + 1);
    if (PICKLE_EXTENSIONS.contains(extension)) {
      throw refusal(path.toString(), "is a ." + extension + " file, which holds a Python pickle");
    }
  }

  /**
   * Refuses pickles and archives with one inside; to be called when the bytes cannot be a
   * safetensors header.
   */
  static void checkContent(String where, ByteSource source) throws IOException {
    ByteBuffer start = source.view(0, (int) Math.min(source.size(), SEARCHED));
    if (start.remaining() < 2) {
      return;
    }
    int first = start.get(0) & 0xff;
    if (first == 0x80 && start.get(1) <= 5) {
      throw refusal(where, "is a Python pickle (it starts with the opcode 0x80)");
    }
    if (first == 'P' && start.get(1) == 'K') {
      String text = StandardCharsets.ISO_8859_1.decode(start).toString();
      if (text.contains("/data.pkl")) {
        throw refusal(where, "is an archive with a Python pickle inside (data.pkl)");
      }
      throw new SafetensorsException(
          Problem.HEADER,
          where,
          "is a ZIP archive, not a safetensors file",
          "Unpack it first, or name another file.");
    }
  }

  static SafetensorsException refusal(String where, String reason) {
    return new SafetensorsException(Problem.PICKLE, where, reason, REMEDY);
  }
}
