package dev.forgetmenot.benchmarks;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A program that loads a model once and draws when it is told to, so that {@code bench/peers.py}
 * can let it take turns with others.
 *
 * <p>Arguments: the model and a {@link ComputePrecision}. Each line of the standard input, {@code
 * PIXELS IMAGES STEPS}, is answered by one of {@code SECONDS A_STEP CPU_SECONDS}: from the prompt
 * to pixels; the mean from the first step's end to the last one's, which is 0 for a single step;
 * and what all threads of the process were busy.
 */
public final class SamplingPeer {
  private SamplingPeer() {}

  /** See the class. */
  public static void main(String[] arguments) throws IOException {
    LoadOptions options = LoadOptions.defaults().computing(ComputePrecision.valueOf(arguments[1]));
    try (StableDiffusion sd = StableDiffusion.load(Path.of(arguments[0]), options);
        BufferedReader told =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        String[] words = line.split(" ", -1);
        System.out.println(
            draw(
                sd,
                GenerationRequest.builder("a photo of a lighthouse")
                    .width(Integer.valueOf(words[0]))
                    .height(Integer.valueOf(words[0]))
                    .count(Integer.parseInt(words[1]))
                    .steps(Integer.parseInt(words[2]))
                    .sampler("ddim")
                    .guidance(7.5)
                    .build()));
      }
    }
  }

  private static String draw(StableDiffusion sd, GenerationRequest request) {
    long[] ends = {0, 0, 0}; // of the first step, of the last, and how many lie between
    long busy = busy();
    long begin = System.nanoTime();
    sd.generate(
        request,
        (step, of, timestep, preview) -> {
          ends[step == 1 ? 0 : 1] = System.nanoTime();
          ends[2] = step - 1L;
        },
        () -> false);
    return String.format(
        Locale.ROOT,
        "%.4f %.4f %.4f",
        (System.nanoTime() - begin) * 1e-9,
        ends[2] == 0 ? 0 : (ends[1] - ends[0]) * 1e-9 / ends[2],
        (busy() - busy) * 1e-9);
  }

  private static long busy() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
