package dev.forgetmenot.testkit.realsize;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes folders of real sizes, runs every command on them, and writes what it measured.
 *
 * <p>Arguments: the start script of the program, the working folder, the page to write, and the
 * Python of an installation with diffusers (optional: without it nothing is compared with
 * diffusers).
 */
public final class RealSize {
  private final Program program;
  private final Path work;

  private RealSize(Program program, Path work) {
    this.program = program;
    this.work = work;
  }

  /** See the class. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path work = Files.createDirectories(Path.of(arguments[1])).toRealPath();
    Optional<Path> python =
        Optional.of(arguments).filter(a -> a.length > 3).map(a -> Path.of(a[3]));
    new RealSize(new Program(Path.of(arguments[0]).toRealPath(), work), work)
        .run(Path.of(arguments[2]), python);
  }

  private void run(Path page, Optional<Path> python) throws IOException, InterruptedException {
    folder(ModelSize.SD15, DType.F16, 1, "sd15-f16");
    folder(ModelSize.SD15, DType.F16, 2, "sd15-f16-tuned");
    folder(ModelSize.SD15, DType.F32, 1, "sd15-f32");
    folder(ModelSize.SD21, DType.F16, 1, "sd21-f16");
    folder(ModelSize.SDXL, DType.F16, 1, "sdxl-f16");
    RealSizePage written = new RealSizePage();
    written.put("machine", machine());
    written.table("busy", new BusyMachine(program, written).run());
    written.table("loading", new Loading(program, python, written).run());
    written.table("sd15", new Commands(program, written).run("sd15.txt"));
    written.table("sd21", new Commands(program, written).run("sd21.txt"));
    written.table("sdxl", new Commands(program, written).run("sdxl.txt"));
    written.table("killed", new Interruptions(program, written).run());
    List<List<String>> bad = new BadPlaces(program).run();
    written.put("places", bad.isEmpty() ? "Not tried: mounting it needs root." : "");
    written.table("places", bad.isEmpty() ? List.of(List.of("place")) : bad);
    written.write(page);
    say("wrote " + page + "; the models and what was made of them are in " + work);
  }

  private void folder(ModelSize size, DType dtype, long seed, String name) throws IOException {
    Path folder = work.resolve(name);
    if (!Files.exists(folder)) {
      say("making " + name);
      new RandomFolder(size, dtype, seed).write(folder);
    }
  }

  /** What ended a run: its last line where it failed. */
  static String ended(MeasuredRun run) {
    if (run.succeeded()) {
      return "done";
    }
    List<String> output = run.output().stream().filter(line -> !line.isBlank()).toList();
    String last =
        output.isEmpty()
            ? "no message"
            : String.join(" ", output.subList(Math.max(0, output.size() - 2), output.size()));
    return "exit " + run.exitCode().orElse(137) + ": " + last.replace("|", "\\|");
  }

  private static String machine() throws IOException {
    List<String> parts = new ArrayList<>();
    Path processor = Path.of("/proc/cpuinfo");
    if (Files.exists(processor)) {
      String text = Files.readString(processor);
      parts.add(Runtime.getRuntime().availableProcessors() + " cores");
      parts.add(text.contains("amx_bf16") ? "AMX" : text.contains("avx512f") ? "AVX-512" : "AVX2");
    }
    parts.add(java.time.LocalDate.now(java.time.ZoneOffset.UTC).toString());
    return String.join(", ", parts);
  }

  static void say(String line) {
    System.err.printf(Locale.ROOT, "%tT %s%n", System.currentTimeMillis(), line);
  }

  /** A small model that starts the engine. */
  static Path small() {
    return EmbeddedModel.folder();
  }
}
