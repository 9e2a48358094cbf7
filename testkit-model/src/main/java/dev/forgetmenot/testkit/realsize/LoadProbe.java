package dev.forgetmenot.testkit.realsize;

import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Loads a model in a process of its own, twice, and prints the seconds of the second time: the
 * engine is started by then, as the reference program's libraries are imported before its clock
 * runs.
 */
public final class LoadProbe {
  private LoadProbe() {}

  /** Takes a small model, which starts the engine, and the model to load. */
  public static void main(String[] arguments) throws IOException {
    load(Path.of(arguments[0]));
    System.out.printf(Locale.ROOT, "load %.2f%n", load(Path.of(arguments[1])));
  }

  private static double load(Path model) throws IOException {
    long start = System.nanoTime();
    try (StableDiffusion loaded = StableDiffusion.load(model, LoadOptions.defaults())) {
      loaded.engine().call(() -> null);
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
