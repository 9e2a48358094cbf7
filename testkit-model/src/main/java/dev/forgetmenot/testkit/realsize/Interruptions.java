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
  private final String model;
  private final List<List<String>> rows =
      new ArrayList<>(List.of(List.of("killed while", "command", "left behind", "then", "ended")));

  Interruptions(Program program, String model) {
    this.program = program;
    this.model = model;
  }

  List<List<String>> run() throws IOException, InterruptedException {
    String[] training = {
      "forget",
      "lighthouse",
      "--method",
      "resteer",
      "--steps",
      "4",
      "--save-every",
      "1",
      "--no-real-image",
      "--no-report",
      "--model",
      model,
      "-o",
      "killed.fmnpatch"
    };
    killed("loading the model", log -> older(log, 1500), training, training);
    killed(
        "training, after a saved step",
        log -> exists(".resume") || exists("checkpoint"),
        training,
        with(training, "--resume"));
    String[] bake = {
      "patch", "bake", "--patch", "closed.fmnpatch", "--model", model, "-o", "killed-baked"
    };
    killed("writing a model folder", log -> anyLike(".killed-baked"), bake, bake);
    String[] diff = {"patch", "diff", model, "baked", "-o", "killed-difference.fmnpatch"};
    killed("comparing two folders", log -> older(log, 3000), diff, diff);
    String[] export = {
      "patch",
      "export",
      "cross.fmnpatch",
      "--to",
      "lora",
      "--rank",
      "16",
      "--model",
      model,
      "-o",
      "killed-lora.safetensors"
    };
    killed("writing a LoRA", log -> older(log, 3000), export, export);
    return rows;
  }

  private void killed(String when, Predicate<Path> kill, String[] first, String[] next)
      throws IOException, InterruptedException {
    RealSize.say("kill -9 while " + when);
    List<String> before = names();
    MeasuredRun broken = program.run(HEAP, kill, first);
    List<String> left = new ArrayList<>(names());
    left.removeAll(before);
    MeasuredRun again = program.run(HEAP, next);
    rows.add(
        List.of(
            when,
            "`" + broken.command() + "`",
            broken.exitCode().isPresent()
                ? "it ended before it was killed"
                : String.join(", ", left),
            "`" + again.command() + "`",
            RealSize.ended(again)));
  }

  private static String[] with(String[] arguments, String more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(more);
    return all.toArray(String[]::new);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(program.work())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private boolean anyLike(String start) {
    return has(name -> name.startsWith(start));
  }

  private boolean exists(String part) {
    return has(name -> name.startsWith("killed") && name.contains(part));
  }

  private boolean has(Predicate<String> test) {
    try {
      return names().stream().anyMatch(test);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean older(Path log, long millis) {
    try {
      long age = System.currentTimeMillis() - Files.getLastModifiedTime(log).toMillis();
      Object created = Files.getAttribute(log, "creationTime");
      long since =
          System.currentTimeMillis() - ((java.nio.file.attribute.FileTime) created).toMillis();
      return Math.max(age, since) > millis;
    } catch (IOException e) {
      return false;
    }
  }
}
