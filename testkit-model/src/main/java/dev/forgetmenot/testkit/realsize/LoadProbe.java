package dev.forgetmenot.testkit.realsize;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Loads a model and draws 64 × 64 pixels in one step, so that all weights are read, in a process of
 * its own, and prints the seconds. A small model is drawn with before: the engine is started by
 * then, as the reference program's libraries are imported before its clock runs.
 */
public final class LoadProbe {
  private static final int SIDE = 64;
  private static final double GUIDANCE = 7.5;

  private LoadProbe() {}

  /** Takes a small model, which starts the engine, and the model to load. */
  public static void main(String[] arguments) throws IOException {
    load(Path.of(arguments[0]));
    System.out.printf(Locale.ROOT, "load %.2f%n", load(Path.of(arguments[1])));
  }

  private static double load(Path model) throws IOException {
    GenerationRequest small =
        GenerationRequest.builder("a photo of a tower")
            .seed(1)
            .steps(1)
            .guidance(GUIDANCE)
            .width(SIDE)
            .height(SIDE)
            .build();
    long start = System.nanoTime();
    try (StableDiffusion loaded = StableDiffusion.load(model, LoadOptions.defaults())) {
      loaded.generate(small);
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
