package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Outputs where nothing can be written: a small full disk, and one that is read-only. */
final class BadPlaces {
  private static final String HEAP = "512m";

  private final Program program;
  private final String model;
  private final List<List<String>> rows =
      new ArrayList<>(List.of(List.of("place", "command", "seconds", "says", "left there")));

  BadPlaces(Program program, String model) {
    this.program = program;
    this.model = model;
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
      tried(
          place,
          "forget",
          "lighthouse",
          "--method",
          "resteer",
          "--steps",
          "3",
          "--no-real-image",
          "--no-report",
          "--model",
          model,
          "-o",
          place + "/cross.fmnpatch");
      tried(
          place,
          "patch",
          "bake",
          "--patch",
          "closed.fmnpatch",
          "--model",
          model,
          "-o",
          place + "/baked");
      tried(
          place,
          "patch",
          "diff",
          model,
          "baked",
          "--as",
          "delta",
          "-o",
          place + "/difference.fmnpatch");
      tried(
          place,
          "patch",
          "export",
          "cross.fmnpatch",
          "--to",
          "lora",
          "--rank",
          "64",
          "--model",
          model,
          "-o",
          place + "/lora.safetensors");
    } finally {
      shell("umount", folder.toString());
    }
    return true;
  }

  private void tried(String place, String... arguments) throws IOException, InterruptedException {
    RealSize.say(place + ": " + String.join(" ", arguments));
    MeasuredRun run = program.run(HEAP, arguments);
    try (Stream<Path> files = Files.list(program.work().resolve(place))) {
      List<String> left = files.map(file -> file.getFileName().toString()).toList();
      rows.add(
          List.of(
              place.equals("full") ? "8 MiB, full" : "read-only",
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
