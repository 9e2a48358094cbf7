package dev.forgetmenot.kit.solve;

import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A program, not a test: what each solve takes on random weights of the size of SD 1.5's cross
 * attention (16 layers, keys and values, 768 wide), in processor time of the one thread, once cold
 * and once warm.
 */
final class EraserTimes {
  private static final int D = 768;
  private static final int[] LAYERS = {
    320, 320, 320, 320, 320, 640, 640, 640, 640, 640, 1280, 1280, 1280, 1280, 1280, 1280
  };

  private final SplittableRandom random = new SplittableRandom(1);
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final StringBuilder lines = new StringBuilder();

  private EraserTimes() {}

  /** Prints a table; takes no arguments. */
  public static void main(String[] args) {
    String table = new EraserTimes().measure();
    System.out.print(table);
  }

  private String measure() {
    List<Matrix> values = weights();
    List<Matrix> keysAndValues = new ArrayList<>(values);
    keysAndValues.addAll(weights());
    Matrix few = embeddings(14);
    Matrix retained = embeddings(400);
    Matrix empty = embeddings(5);
    Matrix none = Matrix.zeros(0, retained.columns());
    Matrix shifts = normal(10, retained.columns());
    Matrix general = embeddings(124 * 77).transposed();
    Matrix differences = embeddings(2).minus(embeddings(2));
    List<Erasure> one = concepts(1);
    List<Erasure> hundred = concepts(100);
    List<PreservedEmbeddings> kept = List.of(new PreservedEmbeddings("kept", few, 1));

    time("closed form, 1 concept", () -> UceSolver.solve(one, kept, 0.5).edit());
    time("closed form, 100 concepts", () -> UceSolver.solve(hundred, kept, 0.5).edit());
    time(
        "closed form, 100 concepts, 1000 kept",
        () ->
            UceSolver.solve(
                    hundred, List.of(new PreservedEmbeddings("k", embeddings(1000), 1)), 0.5)
                .edit());
    InputUpdate joint = UceSolver.solve(hundred, kept, 0.5).edit();
    time("cond(I + D) of 100 concepts", joint::condition);
    time("W·D of 100 concepts, all keys and values", () -> changes(joint, keysAndValues));
    time("rece, 1 concept, sum of WᵀW", () -> ReceSolver.gram(keysAndValues));
    Matrix gram = ReceSolver.gram(keysAndValues);
    time("rece, 1 concept, 3 rounds", () -> new ReceSolver(gram, 0.1, 3).solve(one, kept, 0.5));
    time(
        "rece, 100 concepts, 1 round",
        () -> new ReceSolver(gram, 0.1, 1).solve(hundred, kept, 0.5));
    Matrix c = one.get(0).targets();
    Matrix g = one.get(0).guides();
    time(
        "speed, 400 kept, 10 copies, 16 layers",
        () -> speed(values, c, g, retained, empty, shifts));
    time("speed, 400 kept, no copies, 16 layers", () -> speed(values, c, g, retained, empty, none));
    time("cure", () -> new CureSolver(2).solve(embeddings(8), embeddings(56)));
    time("dp", () -> new DoubleProjectionSolver(0.01).solve(c, few, few));
    time(
        "oblique, with S over 9548 rows",
        () -> ObliqueProjector.of(general, 1e-3).solve(differences, embeddings(33)));
    return lines.toString();
  }

  private static List<InputUpdate> speed(
      List<Matrix> weights, Matrix c, Matrix g, Matrix retained, Matrix empty, Matrix shifts) {
    SpeedSolver speed = new SpeedSolver(1, 0.1);
    return weights.stream().map(w -> speed.solve(w, c, g, retained, empty, shifts)).toList();
  }

  private static List<Matrix> changes(InputUpdate edit, List<Matrix> weights) {
    return weights.stream().map(edit::change).toList();
  }

  private void time(String what, Supplier<?> work) {
    double[] seconds = new double[2];
    for (int i = 0; i < seconds.length; i++) {
      long begin = threads.getCurrentThreadCpuTime();
      if (work.get() == null) {
        throw new IllegalStateException(what + " gave nothing");
      }
      seconds[i] = (threads.getCurrentThreadCpuTime() - begin) / 1e9;
    }
    lines.append(String.format("%-42s %6.2f s cold %6.2f s warm%n", what, seconds[0], seconds[1]));
  }

  private List<Erasure> concepts(int count) {
    List<Erasure> concepts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      concepts.add(new Erasure("c" + i, embeddings(1), embeddings(1), 1));
    }
    return concepts;
  }

  private List<Matrix> weights() {
    List<Matrix> weights = new ArrayList<>();
    for (int out : LAYERS) {
      weights.add(normal(out, D).times(1 / Math.sqrt(D)));
    }
    return weights;
  }

  /** Columns with a common part, of length 28 as CLIP's are. */
  private Matrix embeddings(int count) {
    Matrix common = Matrix.of(D, 1, new SplittableRandom(2).doubles(D, -1, 1).toArray());
    Matrix shared = common.times(Matrix.of(1, count, ones(count)));
    return normal(D, count).times(0.7).plus(shared);
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private Matrix normal(int rows, int columns) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Matrix.of(rows, columns, values);
  }
}
