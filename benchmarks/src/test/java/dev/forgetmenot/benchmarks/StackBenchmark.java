package dev.forgetmenot.benchmarks;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.stack.ResolvedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Stacks of patch files on random weights of the size of Stable Diffusion 1.5's cross attention.
 * Each fork measures the first stack of a fresh Java; {@code -wi 3} measures later ones.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(3)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class StackBenchmark {
  /** What the patches are. */
  @Param({"closed-form", "rank-1"})
  public String kind;

  /** How many. */
  @Param("100")
  public int patches;

  private Path folder;
  private List<PatchRequest> requests;
  private BaseModel base;
  private PatchStack open;
  private ResolvedStack resolved;

  /** Writes the patches. */
  @Setup
  public void write() throws IOException {
    folder = Files.createTempDirectory("fmn-bench");
    RandomPatches files = new RandomPatches(new RandomBase(), folder);
    requests = kind.equals("rank-1") ? files.rankOnes(patches) : files.closedForms(patches);
  }

  /** A base whose digests are not known yet, and an open stack on another. */
  @Setup(Level.Iteration)
  public void open() throws IOException {
    base = new RandomBase().model();
    open = PatchStack.open(requests);
    resolved = open.on(new RandomBase().model());
  }

  /** Closes the stack. */
  @TearDown(Level.Iteration)
  public void close() throws IOException {
    open.close();
  }

  /** Deletes the patches. */
  @TearDown
  public void delete() throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path entry : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }

  /** Opens the files: structure, manifest, every digest. */
  @Benchmark
  public int openAndDigest() throws IOException {
    try (PatchStack stack = PatchStack.open(requests)) {
      return stack.layers().size();
    }
  }

  /** Compares the base and solves what is solved together. */
  @Benchmark
  public ResolvedStack checkBaseAndSolve() throws IOException {
    return open.on(base);
  }

  /** Computes all new weights. */
  @Benchmark
  public void weights(Blackhole hole) throws IOException {
    for (String target : resolved.weights().targets()) {
      hole.consume(resolved.weights().values(target));
    }
  }

  /** All of it, from files to new weights. */
  @Benchmark
  public void fromFilesToWeights(Blackhole hole) throws IOException {
    try (PatchStack stack = PatchStack.open(requests)) {
      ResolvedStack checked = stack.on(base);
      for (String target : checked.weights().targets()) {
        hole.consume(checked.weights().values(target));
      }
    }
  }
}
