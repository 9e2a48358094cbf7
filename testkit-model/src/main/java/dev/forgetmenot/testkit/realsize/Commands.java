package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every command on a folder of real size: time, memory and what it writes. Later ones use what
 * earlier ones wrote.
 */
final class Commands {
  private static final List<String> HEAD =
      List.of(
          "what",
          "before",
          "command",
          "heap limit",
          "seconds",
          "resident",
          "heap",
          "written",
          "ended");

  private final Program program;
  private final RealSizePage page;
  private final List<List<String>> rows = new ArrayList<>(List.of(HEAD));

  Commands(Program program, RealSizePage page) {
    this.program = program;
    this.page = page;
  }

  /**
   * Runs the commands of a list; its fields are what is done, what happened before the release that
   * the page is of, the largest Java heap, and what is written.
   */
  List<List<String>> run(String list) throws IOException, InterruptedException {
    for (CommandList block : CommandList.read(list)) {
      List<String> fields = block.fields();
      RealSize.say(fields.get(0));
      MeasuredRun run = program.run(fields.get(2), block.commands().get(0));
      page.put(fields.get(0), run);
      rows.add(
          List.of(
              fields.get(0),
              fields.get(1),
              "`" + run.command() + "`",
              fields.get(2),
              RealSizePage.seconds(run),
              Long.toString(run.residentMiB()),
              Long.toString(run.heapMiB()),
              written(fields.get(3)),
              RealSize.ended(run)));
    }
    return rows;
  }

  private String written(String output) throws IOException {
    Path path = program.work().resolve(output);
    if (output.isEmpty() || !Files.exists(path)) {
      return "";
    }
    try (Stream<Path> files = Files.walk(path)) {
      long bytes =
          files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
      return bytes < 10 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }
  }
}
