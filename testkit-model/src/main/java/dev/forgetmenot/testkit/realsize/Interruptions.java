package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Commands that are killed by SIGKILL, and what the next command makes of what is left. */
final class Interruptions {
  private static final String HEAP = "512m";

  private final Program program;
  private final RealSizePage page;
  private final List<List<String>> rows =
      new ArrayList<>(List.of(List.of("killed while", "command", "left behind", "then", "ended")));

  Interruptions(Program program, RealSizePage page) {
    this.program = program;
    this.page = page;
  }

  List<List<String>> run() throws IOException, InterruptedException {
    for (CommandList block : CommandList.read("killed.txt")) {
      String when = block.fields().get(0);
      RealSize.say("kill -9 while " + when);
      List<String> before = names();
      MeasuredRun broken =
          program.run(HEAP, condition(block.fields().get(1), before), block.commands().get(0));
      List<String> left = new ArrayList<>(names());
      left.removeAll(before);
      MeasuredRun again = program.run(HEAP, block.commands().get(1));
      page.put(when, again);
      rows.add(
          List.of(
              when,
              "`" + broken.command() + "`",
              broken.exitCode().isPresent()
                  ? "ended before it was killed"
                  : String.join(", ", left),
              "`" + again.command() + "`",
              RealSize.ended(again)));
    }
    return rows;
  }

  /**
   * Milliseconds since the start, or the name of a file that was not there before, or how it
   * begins.
   */
  private Predicate<Path> condition(String word, List<String> before) {
    if (word.chars().allMatch(Character::isDigit)) {
      long end = System.currentTimeMillis() + Long.parseLong(word);
      return log -> System.currentTimeMillis() > end;
    }
    Predicate<String> named =
        word.endsWith("*")
            ? name -> name.startsWith(word.substring(0, word.length() - 1))
            : word::equals;
    return log -> names().stream().anyMatch(named.and(name -> !before.contains(name)));
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(program.work())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
