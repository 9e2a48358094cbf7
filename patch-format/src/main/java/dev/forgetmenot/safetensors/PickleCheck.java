package dev.forgetmenot.safetensors;

import dev.forgetmenot.files.FileContent;
import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses files whose names are those of pickles, before they are opened; {@link FileContent} tells
 * the others by what they contain.
 *
 * <p>A pickle is a program: reading one runs it. This project never does, and has no switch for it.
 */
final class PickleCheck {

  private static final Set<String> PICKLE_EXTENSIONS = Set.of("ckpt", "pt", "pth", "bin", "pkl");

  private PickleCheck() {}

  /** Refuses a file whose extension belongs to pickles, whatever it holds. */
  static void checkName(Path path) throws SafetensorsException {
    String name = String.valueOf(path.getFileName());
    if (isPickle(name)) {
      throw refusal(
          path.toString(), "is a ." + extension(name) + " file, which holds a Python pickle");
    }
  }

  /** Whether a file name has an extension of pickles. */
  static boolean isPickle(String name) {
    return PICKLE_EXTENSIONS.contains(extension(name));
  }

  private static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  static SafetensorsException refusal(String where, String reason) {
    return new SafetensorsException(Problem.PICKLE, where, reason, FileContent.PICKLE_REMEDY);
  }
}
