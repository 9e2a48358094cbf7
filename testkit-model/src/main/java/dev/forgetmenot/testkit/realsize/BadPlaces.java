package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Outputs where nothing can be written: a small disk that is full at once, and one that is
 * read-only.
 */
final class BadPlaces {
  private static final String HEAP = "512m";

  private final Program program;
  private final List<List<String>> rows =
      new ArrayList<>(List.of(List.of("place", "command", "seconds", "says", "left there")));

  BadPlaces(Program program) {
    this.program = program;
  }

  /** Empty where this user may not mount a file system. */
  List<List<String>> run() throws IOException, InterruptedException {
    boolean mounted = in("full", "size=8m") && in("readonly", "size=8m,ro");
    return mounted ? rows : List.of();
  }

  private boolean in(String place, String options) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(program.work().resolve(place));
    if (shell("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString()) != 0) {
      return false;
    }
    try {
      for (CommandList block : CommandList.read("places.txt")) {
        tried(place, block.commands().get(0).replace("PLACE", place));
      }
    } finally {
      shell("umount", folder.toString());
    }
    return true;
  }

  private void tried(String place, String command) throws IOException, InterruptedException {
    RealSize.say(place + ": " + command);
    MeasuredRun run = program.run(HEAP, command);
    try (Stream<Path> files = Files.list(program.work().resolve(place))) {
      List<String> left = files.map(file -> file.getFileName().toString()).toList();
      rows.add(
          List.of(
              place,
              "`" + run.command() + "`",
              Long.toString(run.wall().toSeconds()),
              RealSize.ended(run),
              String.join(", ", left)));
    }
  }

  private static int shell(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
