package dev.forgetmenot.testkit.realsize;

import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How long models take to load, in a process whose engine runs already, beside diffusers. */
final class Loading {
  private static final List<String> MODELS =
      List.of("sd15-f16", "sd15-f32", "sd21-f16", "sdxl-f16");

  private final Program program;
  private final RealSizePage page;
  private final Optional<Path> python;
  private final List<List<String>> rows =
      new ArrayList<>(
          List.of(
              List.of(
                  "folder",
                  "program",
                  "seconds to load and draw 64 × 64",
                  "seconds for 512 × 512, 2 steps",
                  "resident")));

  Loading(Program program, Optional<Path> python, RealSizePage page) {
    this.program = program;
    this.page = page;
    this.python = python;
  }

  List<List<String>> run() throws IOException, InterruptedException {
    for (String model : MODELS) {
      // Twice: the first one brings the files into the page cache.
      probe(model);
      row(model, "this project", probe(model));
      if (python.isPresent()) {
        row(model, "diffusers, float32", diffusers(model, "draw", "float32"));
      }
    }
    return rows;
  }

  private void row(String model, String who, MeasuredRun run) {
    page.put(model + "." + who + ".load", number(run, "load"));
    rows.add(
        List.of(
            model,
            who,
            number(run, "load"),
            number(run, "draw"),
            Long.toString(run.residentMiB())));
  }

  private static String number(MeasuredRun run, String name) {
    return run.output().stream()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .collect(Collectors.joining(", "));
  }

  private MeasuredRun probe(String model) throws IOException, InterruptedException {
    RealSize.say("loading " + model);
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Dai.djl.offline=true",
                "-DOPT_OUT_TRACKING=true",
                "-cp",
                System.getProperty("java.class.path"),
                LoadProbe.class.getName(),
                RealSize.small().toString(),
                model)
            .directory(program.work().toFile());
    return MeasuredRun.of(builder, "", program.work().resolve("logs"), MeasuredRun::never);
  }

  private MeasuredRun diffusers(String model, String what, String dtype)
      throws IOException, InterruptedException {
    RealSize.say("diffusers: " + what + " " + model);
    Path script = GoldenFolders.inProject("testkit-model/reference/diffusers_times.py");
    ProcessBuilder builder =
        new ProcessBuilder(python.orElseThrow().toString(), script.toString(), what, model, dtype)
            .directory(program.work().toFile());
    return MeasuredRun.of(builder, "", program.work().resolve("logs"), MeasuredRun::never);
  }
}
