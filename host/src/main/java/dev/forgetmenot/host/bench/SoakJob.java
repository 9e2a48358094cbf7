package dev.forgetmenot.host.bench;

import ai.djl.ndarray.NDManager;
import com.sun.management.OperatingSystemMXBean;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Long work in one process: images, and between them forgettings, solved and trained in turn, each
 * patch put on and taken off. A sample is taken after each part of it.
 *
 * @param hosted a model without patches
 * @param plugins that bring the methods
 * @param scratch an existing folder for patches that are deleted again
 * @param context progress and cancellation
 */
public record SoakJob(
    NamedModel hosted, HostPluginManager plugins, Path scratch, JobContext context) {
  private static final List<String> THINGS = List.of("a lighthouse", "a windmill", "a teapot");
  private static final String TRAINING_STEPS = "4";

  /**
   * Works.
   *
   * @param images to draw
   * @param forgettings to do, spread over the images
   * @param steps of the sampler for each image
   * @param parts of the work, each of which is followed by a sample
   * @throws IOException if a patch cannot be made or put on
   * @throws java.util.concurrent.CancellationException if the user stopped it
   */
  public List<SoakSample> run(int images, int forgettings, int steps, int parts)
      throws IOException {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    BenchForgetting bench = new BenchForgetting(hosted, plugins, scratch, context);
    List<SoakSample> samples = new ArrayList<>();
    long began = System.nanoTime();
    int drawn = 0;
    int forgotten = 0;
    for (int part = 1; part <= parts; part++) {
      context.progress("soak", part - 1, parts);
      int count = (int) ((long) images * part / parts) - drawn;
      long processor = process.getProcessCpuTime();
      long begin = System.nanoTime();
      draw(part, count, steps);
      double seconds = Passes.since(begin) / count;
      double computed = (process.getProcessCpuTime() - processor) / 1e9 / count;
      drawn += count;
      while (forgotten < (int) ((long) forgettings * part / parts)) {
        context.checkCancelled();
        forget(bench, forgotten);
        forgotten++;
      }
      samples.add(sample(drawn, forgotten, Passes.since(began), seconds, computed));
    }
    return samples;
  }

  private void draw(int part, int count, int steps) {
    GenerationRequest request =
        GenerationRequest.builder("a photo of " + THINGS.get(part % THINGS.size()))
            .seed(part)
            .count(count)
            .steps(steps)
            .guidance(7.5)
            .build();
    hosted.model().generate(request, (step, of, at, image) -> {}, context::cancelled);
  }

  private static void forget(BenchForgetting bench, int which) throws IOException {
    Concept concept = new Concept(THINGS.get(which % THINGS.size()), ConceptType.OBJECT);
    if (which % 2 == 0) {
      bench.forget("uce", concept, Map.of());
    } else {
      bench.forget("resteer", concept, Map.of("steps", TRAINING_STEPS));
    }
  }

  private SoakSample sample(
      int images, int forgettings, double at, double seconds, double computed) {
    System.gc(); // so that garbage is not taken for growth
    MemoryFacts facts = MemoryFacts.read();
    long resident = facts.resident().orElse(0);
    long outside = Math.max(0, resident - Runtime.getRuntime().totalMemory());
    return new SoakSample(
        images,
        forgettings,
        at,
        seconds,
        computed,
        resident,
        outside,
        facts.heapUsed(),
        arrays(hosted.model()));
  }

  /** Of all models of the process. */
  private static int arrays(StableDiffusion model) {
    return model
        .engine()
        .call(
            () -> {
              try (NDManager manager = model.newManager()) {
                return manager.getParentManager().getManagedArrays().size();
              }
            });
  }
}
