package dev.forgetmenot.patching.lora;

import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * One matrix of an adapter: in full, or as a product a · b, or with a core between the two
 * (Tucker). Kernels of convolutions are multiplied into the columns.
 *
 * @param full (rows, columns), (rows, columns, height, width)
 * @param a (rows, r)
 * @param b (r, columns), (r, columns, height, width)
 * @param core (r, r, height, width)
 * @param turned whether a is (r, rows) where there is a core
 */
record FactorPair(
    Optional<TensorInfo> full,
    Optional<TensorInfo> a,
    Optional<TensorInfo> b,
    Optional<TensorInfo> core,
    boolean turned) {

  /** The matrix of four roles of a module; empty if the module has none of them. */
  static Optional<FactorPair> of(
      Map<LoraRole, TensorInfo> tensors,
      Optional<LoraRole> full,
      LoraRole a,
      LoraRole b,
      Optional<LoraRole> core,
      boolean turned) {
    FactorPair pair =
        new FactorPair(
            full.map(tensors::get),
            Optional.ofNullable(tensors.get(a)),
            Optional.ofNullable(tensors.get(b)),
            core.map(tensors::get),
            turned);
    boolean any =
        pair.full.isPresent() || pair.a.isPresent() || pair.b.isPresent() || pair.core.isPresent();
    return any ? Optional.of(pair) : Optional.empty();
  }

  /** What is wrong with the shapes, if anything. */
  Optional<String> problem() {
    if (full.isPresent()) {
      if (a.isPresent() || b.isPresent() || core.isPresent()) {
        return Optional.of("has a matrix in full and as factors: " + full.get().name());
      }
      return full.get().rank() == 2 || full.get().rank() == 4
          ? Optional.empty()
          : Optional.of("has a matrix of the shape " + shape(full.get()));
    }
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.of("has only one of its two factors");
    }
    TensorInfo left = a.get();
    TensorInfo right = b.get();
    boolean shaped =
        (right.rank() == 2 || right.rank() == 4)
            && (left.rank() == 2 || left.rank() == 4)
            && Arrays.stream(left.shape()).skip(2).allMatch(side -> side == 1);
    if (!shaped) {
      return Optional.of("has factors of the shapes " + shape(right) + " and " + shape(left));
    }
    if (core.isEmpty() && inner() != rank()) {
      return Optional.of("has factors of different ranks: " + shape(right) + " and " + shape(left));
    }
    boolean fits =
        core.isEmpty()
            || (core.get().rank() == 4
                && core.get().shape()[0] == inner()
                && core.get().shape()[1] == rank()
                && Arrays.stream(right.shape()).skip(2).allMatch(side -> side == 1));
    return fits
        ? Optional.empty()
        : Optional.of("has a core " + shape(core.get()) + " that does not fit its factors");
  }

  /** Columns of a, rows of the core. */
  private long inner() {
    return a.orElseThrow().shape()[turnedHere() ? 0 : 1];
  }

  private boolean turnedHere() {
    return turned && core.isPresent();
  }

  long rows() {
    return full.isPresent() ? full.get().shape()[0] : a.orElseThrow().shape()[turnedHere() ? 1 : 0];
  }

  /** Columns of the matrix, with the kernel's sides. */
  long columns() {
    TensorInfo last = full.orElseGet(b::orElseThrow);
    long columns = product(last.shape(), 1);
    return core.isPresent() ? columns * product(core.get().shape(), 2) : columns;
  }

  /** The rank that alpha is divided by, rows of b; 0 where the matrix is given in full. */
  long rank() {
    return full.isPresent() ? 0 : b.orElseThrow().shape()[0];
  }

  /** The larger of the ranks on both sides of the core; 0 where the matrix is given in full. */
  long largestRank() {
    return full.isPresent() ? 0 : Math.max(rank(), inner());
  }

  /** The rank of {@link #product}: of a matrix in full its smaller side. */
  long productRank() {
    return full.isPresent() ? Math.min(rows(), columns()) : inner();
  }

  /**
   * The matrix as a product in double.
   *
   * @throws IOException if a value cannot be read
   */
  WeightChange.Product product(LoraFile file) throws IOException {
    int rows = Math.toIntExact(rows());
    int columns = Math.toIntExact(columns());
    if (full.isPresent()) {
      return WeightChange.Product.of(Matrix.of(rows, columns, file.doubles(full.get())));
    }
    int inner = Math.toIntExact(inner());
    double[] left = file.doubles(a.orElseThrow());
    double[] right = file.doubles(b.orElseThrow());
    Matrix up =
        turnedHere() ? Matrix.of(inner, rows, left).transposed() : Matrix.of(rows, inner, left);
    double[] down =
        core.isEmpty()
            ? right
            : throughCore(file.doubles(core.get()), inner, Math.toIntExact(rank()), right);
    return new WeightChange.Product(up, Matrix.of(inner, columns, down));
  }

  /**
   * The core joined with b: element (n, i, s) is the sum over m of core (n, m, s) times b (m, i),
   * where s counts the places of the kernel.
   */
  private static double[] throughCore(double[] core, int columns, int rank, double[] b) {
    int inputs = b.length / rank;
    int sides = core.length / (columns * rank);
    double[] joined = new double[Math.multiplyExact(Math.multiplyExact(columns, inputs), sides)];
    for (int n = 0; n < columns; n++) {
      for (int i = 0; i < inputs; i++) {
        for (int s = 0; s < sides; s++) {
          double sum = 0;
          for (int m = 0; m < rank; m++) {
            sum += core[(n * rank + m) * sides + s] * b[m * inputs + i];
          }
          joined[(n * inputs + i) * sides + s] = sum;
        }
      }
    }
    return joined;
  }

  private static long product(long[] shape, int from) {
    long product = 1;
    for (int i = from; i < shape.length; i++) {
      product = Math.multiplyExact(product, shape[i]);
    }
    return product;
  }

  private static String shape(TensorInfo tensor) {
    return Arrays.toString(tensor.shape());
  }
}
