package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.engine.OperatorThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The words of a command line that decide an evaluation, with whole paths, so that they mean the
 * same in any folder.
 *
 * @param parsed the command line
 */
record RecordedWords(ParseResult parsed) {
  private static final String THREADS = "--threads";

  /** What says where results go, and how much is said. */
  private static final Set<String> ELSEWHERE =
      Set.of("--output", "--shard", "--plan", "--overwrite", "--store", "--verbose", "--plugins");

  /**
   * The list and all options; the number of threads too where none was given, since the last bits
   * of images depend on it.
   */
  List<String> all() {
    List<String> words = new ArrayList<>();
    words.add(path(parsed.matchedPositionalValue(0, "")));
    for (OptionSpec option : options()) {
      words.addAll(words(option));
    }
    if (!words.contains(THREADS)) {
      OperatorThreads.ofProcess()
          .used()
          .ifPresent(count -> words.addAll(List.of(THREADS, String.valueOf(count))));
    }
    return words;
  }

  /** The options that decide an evaluation. */
  List<OptionSpec> options() {
    return parsed.matchedOptions().stream()
        .filter(option -> !ELSEWHERE.contains(option.longestName()))
        .toList();
  }

  /** An option with its values. */
  static List<String> words(OptionSpec option) {
    List<String> words = new ArrayList<>();
    if (option.arity().max() == 0) {
      return List.of(option.longestName());
    }
    List<Object> values = option.typedValues();
    for (int i = 0; i < values.size(); i++) {
      words.add(option.longestName());
      words.add(text(values.get(i), option.stringValues().get(i)));
    }
    return words;
  }

  private static String text(Object value, String written) {
    if (value instanceof Path) {
      return path(written);
    }
    return value instanceof PatchRequest patch && Files.exists(patch.file())
        ? patch.file().toAbsolutePath().normalize() + ":" + patch.strength()
        : written;
  }

  /** A file that is there by its whole path, all else as it is written. */
  private static String path(String written) {
    Path path = Path.of(written);
    return Files.exists(path) ? path.toAbsolutePath().normalize().toString() : written;
  }
}
