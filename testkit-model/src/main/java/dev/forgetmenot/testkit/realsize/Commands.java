package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Every command on a folder of real size: time, memory and what it writes. */
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
  private static final String SMALL = "512m";
  private static final String USUAL = "2g";

  /**
   * One command.
   *
   * @param what in words
   * @param before what happened before the release that this page is of; empty where it was not
   *     measured
   * @param heap its largest Java heap
   * @param output what it writes, relative to the working folder; empty for nothing
   * @param arguments of the program
   */
  private record Command(
      String what, String before, String heap, String output, List<String> arguments) {}

  private final Program program;
  private final List<List<String>> rows = new ArrayList<>(List.of(HEAD));

  Commands(Program program) {
    this.program = program;
  }

  /** Runs them all, in order: later ones use what earlier ones wrote. */
  List<List<String>> run(String model, String other, String tuned, boolean whole)
      throws IOException, InterruptedException {
    for (Command command : commands(model, other, tuned, whole)) {
      run(command);
    }
    return rows;
  }

  private static List<Command> commands(String model, String other, String tuned, boolean whole) {
    List<Command> all = new ArrayList<>();
    all.add(
        command(
            "draw 512 × 512, 2 steps",
            "9 to 9.6 GB resident",
            USUAL,
            "drawn", //
            "generate",
            "a photo of a lighthouse",
            "--size",
            "512x512",
            "--steps",
            "2",
            "--seed",
            "1",
            "--model",
            model,
            "-o",
            "drawn"));
    all.add(
        command(
            "the same, weights kept as halves",
            "",
            USUAL,
            "drawn-half", //
            "generate",
            "a photo of a lighthouse",
            "--size",
            "512x512",
            "--steps",
            "2",
            "--seed",
            "1",
            "--weights",
            "half",
            "--model",
            model,
            "-o",
            "drawn-half"));
    all.add(
        command(
            "forget, closed form",
            "",
            SMALL,
            "closed.fmnpatch", //
            "forget",
            "lighthouse",
            "--method",
            "closed-form",
            "--no-report",
            "--model",
            model,
            "-o",
            "closed.fmnpatch"));
    all.add(
        command(
            "apply it, 1 step",
            "",
            SMALL,
            "applied-closed", //
            "generate",
            "a photo of a lighthouse",
            "--size",
            "256x256",
            "--steps",
            "1",
            "--seed",
            "1",
            "--patch",
            "closed.fmnpatch",
            "--model",
            model,
            "-o",
            "applied-closed"));
    all.add(
        command(
            "bake it",
            "",
            SMALL,
            "baked", //
            "patch",
            "bake",
            "--patch",
            "closed.fmnpatch",
            "--model",
            model,
            "-o",
            "baked"));
    all.add(
        command(
            "difference of two folders, cross attention",
            "32 minutes",
            SMALL,
            "difference.fmnpatch", //
            "patch",
            "diff",
            model,
            "baked",
            "-o",
            "difference.fmnpatch"));
    if (!whole) {
      return all;
    }
    all.add(
        command(
            "difference of two folders, a whole fine-tune",
            "could not succeed",
            SMALL,
            "tuned.fmnpatch", //
            "patch",
            "diff",
            model,
            tuned,
            "--as",
            "delta",
            "--half",
            "-o",
            "tuned.fmnpatch"));
    all.add(
        command(
            "re-steer cross attention, 3 steps",
            "",
            SMALL,
            "cross.fmnpatch", //
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
            "cross.fmnpatch"));
    all.add(
        command(
            "re-steer the whole UNet, 3 steps, halves",
            "two hours for 35 steps, then OutOfMemoryError with a heap of 5 GB",
            SMALL,
            "whole.fmnpatch", //
            "forget",
            "lighthouse",
            "--method",
            "resteer",
            "--trainable",
            "unet",
            "--half",
            "--steps",
            "3",
            "--no-real-image",
            "--no-report",
            "--model",
            model,
            "-o",
            "whole.fmnpatch"));
    all.add(
        command(
            "apply it, 1 step",
            "“Cannot reserve direct buffer memory”",
            SMALL,
            "applied-whole", //
            "generate",
            "a photo of a lighthouse",
            "--size",
            "256x256",
            "--steps",
            "1",
            "--seed",
            "1",
            "--patch",
            "whole.fmnpatch",
            "--model",
            model,
            "-o",
            "applied-whole"));
    all.add(command("look at it", "", SMALL, "", "patch", "inspect", "whole.fmnpatch"));
    all.add(
        command(
            "bake it",
            "",
            SMALL,
            "baked-whole", //
            "patch",
            "bake",
            "--patch",
            "whole.fmnpatch",
            "--model",
            model,
            "-o",
            "baked-whole"));
    all.add(
        command(
            "write cross attention as a LoRA",
            "",
            SMALL,
            "lora.safetensors", //
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
            "lora.safetensors"));
    all.add(
        command(
            "read the LoRA",
            "",
            SMALL,
            "lora.fmnpatch", //
            "patch",
            "import",
            "lora.safetensors",
            "--model",
            model,
            "-o",
            "lora.fmnpatch"));
    all.add(
        command(
            "two patches together",
            "",
            SMALL,
            "both.fmnstack", //
            "patch",
            "stack",
            "closed.fmnpatch",
            "lora.fmnpatch:0.5",
            "--model",
            model,
            "-o",
            "both.fmnstack"));
    all.add(
        command(
            "another base, by its values",
            "",
            SMALL,
            "", //
            "models",
            "identify",
            other,
            "--against",
            model));
    return all;
  }

  private static Command command(
      String what, String before, String heap, String output, String... arguments) {
    return new Command(what, before, heap, output, List.of(arguments));
  }

  private void run(Command command) throws IOException, InterruptedException {
    RealSize.say(command.what());
    MeasuredRun run = program.run(command.heap(), command.arguments().toArray(String[]::new));
    rows.add(
        List.of(
            command.what(),
            command.before(),
            "`" + run.command() + "`",
            command.heap(),
            String.format(Locale.ROOT, "%.1f", run.wall().toMillis() / 1000.0),
            Long.toString(run.residentMiB()),
            Long.toString(run.heapMiB()),
            written(command.output()),
            RealSize.ended(run)));
  }

  private String written(String output) throws IOException {
    Path path = program.work().resolve(output);
    if (output.isEmpty() || !Files.exists(path)) {
      return "";
    }
    try (Stream<Path> files = Files.walk(path)) {
      long bytes = files.filter(Files::isRegularFile).mapToLong(Commands::size).sum();
      return bytes < 10 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }
  }

  private static long size(Path file) {
    return file.toFile().length();
  }
}
