package dev.forgetmenot.host.run;

import dev.forgetmenot.host.invert.InversionFiles;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files {@code step_inv_N.safetensors} that an inversion leaves in its output folder. */
final class InvertedTokens {
  private static final Pattern NAME = Pattern.compile("step_inv_(\\d{1,9})\\.safetensors");

  private InvertedTokens() {}

  /**
   * The file of the most steps in a folder.
   *
   * @param where the value that needs it, for the refusal
   * @throws YamlException if there is none
   */
  static Path in(Path folder, YamlValue where) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        return files
            .filter(file -> steps(file) >= 0)
            .max(Comparator.comparingInt(InvertedTokens::steps))
            .orElseThrow(() -> none(folder, where));
      }
    }
    throw none(folder, where);
  }

  private static YamlException none(Path folder, YamlValue where) {
    return where.wrong(
        "needs inverted tokens, "
            + folder.resolve(InversionFiles.stepName(500))
            + " or of another number of steps: run the file with its Ti first");
  }

  private static int steps(Path file) {
    Matcher matcher = NAME.matcher(String.valueOf(file.getFileName()));
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }
}
