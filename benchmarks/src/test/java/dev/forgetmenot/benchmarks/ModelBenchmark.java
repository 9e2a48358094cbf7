package dev.forgetmenot.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The networks: what a generation does once, once a step, and once an image. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ModelBenchmark {
  private static final String PROMPT = "a photo of a lighthouse";

  /** What the UNet and the VAE compute in. */
  @Param({"F32", "F32_PACKED", "F32_AUTOTUNE", "BF16"})
  public ComputePrecision precision;

  private StableDiffusion sd;
  private NDManager manager;
  private TextCondition condition; // (2, 77, d): without and with the prompt, as guidance needs
  private NDArray pair; // (2, 4, h, w)
  private NDArray single; // (1, 4, h, w)

  /** Loads the model. */
  @Setup
  public void load() throws IOException {
    String folder = System.getProperty("fmn.bench.model");
    sd =
        StableDiffusion.load(
            folder == null ? EmbeddedModel.folder() : Path.of(folder),
            LoadOptions.defaults().computing(precision));
    manager = sd.newManager();
    sd.engine()
        .run(
            () -> {
              condition = sd.encodePrompts(List.of(sd.tokenize(""), sd.tokenize(PROMPT)));
              int[] shape = sd.latentShape();
              pair = manager.randomNormal(new Shape(2, shape[0], shape[1], shape[2]));
              single = manager.randomNormal(new Shape(1, shape[0], shape[1], shape[2]));
            });
  }

  /** Frees it. */
  @TearDown
  public void close() throws IOException {
    sd.engine()
        .run(
            () -> {
              condition.close();
              manager.close();
            });
    sd.close();
  }

  /** Tokens of a prompt to its embedding. */
  @Benchmark
  public double textEncoder() {
    return onEngine(
        () -> {
          try (TextCondition encoded = sd.encodePrompts(List.of(sd.tokenize(PROMPT)))) {
            return encoded.context().getFloat(0, 0, 0); // a value is there only when all is done
          }
        });
  }

  /** One prediction with guidance: a batch of two. */
  @Benchmark
  public double unetStep() {
    return onEngine(
        () -> {
          try (NDArray noise =
              sd.predict(pair, new double[] {500, 500}, condition, AttentionHooks.NONE)) {
            return noise.getFloat(0, 0, 0, 0);
          }
        });
  }

  /** Latents to one image. */
  @Benchmark
  public int vaeDecode() {
    return sd.decodeLatents(single).size();
  }

  private <T> T onEngine(Supplier<T> work) {
    return sd.engine().call(work::get);
  }
}
