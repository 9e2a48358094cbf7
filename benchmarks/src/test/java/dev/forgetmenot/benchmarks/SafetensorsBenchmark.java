package dev.forgetmenot.benchmarks;

import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The UNet's file of the embedded model, from the page cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class SafetensorsBenchmark {
  private final Path file =
      EmbeddedModel.folder().resolve("unet/diffusion_pytorch_model.safetensors");

  /** Reads and checks the header. */
  @Benchmark
  public int header() throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      return opened.tensors().size();
    }
  }

  /** Reads every tensor as floats. */
  @Benchmark
  public void floats(Blackhole hole) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      for (String name : opened.tensors().keySet()) {
        hole.consume(opened.floats(name));
      }
    }
  }
}
