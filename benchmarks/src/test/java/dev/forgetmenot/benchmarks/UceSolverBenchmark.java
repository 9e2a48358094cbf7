package dev.forgetmenot.benchmarks;

import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** The joint solve of UCE at the width of Stable Diffusion 1.5's text embedding. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class UceSolverBenchmark {
  private final SplittableRandom random = new SplittableRandom(1);

  /** Concepts of one token each; as many columns are preserved. */
  @Param({"1", "100", "500"})
  public int concepts;

  private List<Erasure> erased;
  private List<PreservedEmbeddings> preserved;

  /** Makes the embeddings. */
  @Setup
  public void make() {
    erased = new ArrayList<>();
    for (int i = 0; i < concepts; i++) {
      erased.add(new Erasure("concept " + i, matrix(1), matrix(1), 1));
    }
    preserved = List.of(new PreservedEmbeddings("preserved", matrix(concepts), 1));
  }

  private Matrix matrix(int columns) {
    double[] values = random.doubles((long) RandomBase.WIDTH * columns, -1, 1).toArray();
    return Matrix.of(RandomBase.WIDTH, columns, values);
  }

  /** Solves. */
  @Benchmark
  public UceSolver.Solution solve() {
    return UceSolver.solve(erased, preserved, 0.5);
  }
}
