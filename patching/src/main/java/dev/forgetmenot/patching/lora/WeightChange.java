package dev.forgetmenot.patching.lora;

import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.List;

/**
 * What an adapter adds to a weight, as the matrix that {@code flatten(1)} makes of it (out × in),
 * in double and in the adapter's own form.
 */
sealed interface WeightChange {
  /** The same as a product up · down, whose rank may be larger than the matrix. */
  Product product();

  /** All values, (out × in). */
  Matrix dense();

  /**
   * up · down.
   *
   * @param up (out × r)
   * @param down (r × in)
   */
  record Product(Matrix up, Matrix down) implements WeightChange {
    /** Columns of up. */
    int rank() {
      return up.columns();
    }

    /** Whether it is smaller than the values and has a rank that a patch can hold. */
    boolean thin() {
      long values = (long) up.rows() * down.columns();
      return rank() <= LowRank.MAX_RANK && (long) rank() * (up.rows() + down.columns()) < values;
    }

    @Override
    public Product product() {
      return this;
    }

    @Override
    public Matrix dense() {
      return up.times(down);
    }

    /** A matrix in full, with the identity as the smaller factor. */
    static Product of(Matrix full) {
      return full.rows() <= full.columns()
          ? new Product(Matrix.identity(full.rows()), full)
          : new Product(full, Matrix.identity(full.columns()));
    }

    /** The sum of two of one shape. */
    Product plus(Product other) {
      return new Product(up.beside(other.up), Matrix.joinRows(List.of(down, other.down)));
    }

    /** s · up · down. */
    Product times(double scale) {
      return new Product(up.times(scale), down);
    }
  }

  /** The values of two, multiplied element by element (LoHa). */
  record Hadamard(Product first, Product second) implements WeightChange {
    /** Every pair of columns of the ups with the same pair of rows of the downs. */
    @Override
    public Product product() {
      Matrix up = pairs(first.up().transposed(), second.up().transposed()).transposed();
      return new Product(up, pairs(first.down(), second.down()));
    }

    private static Matrix pairs(Matrix a, Matrix b) {
      int width = a.columns();
      double[] rows = new double[a.rows() * b.rows() * width];
      int at = 0;
      for (int i = 0; i < a.rows(); i++) {
        for (int j = 0; j < b.rows(); j++) {
          for (int e = 0; e < width; e++) {
            rows[at++] = a.get(i, e) * b.get(j, e);
          }
        }
      }
      return Matrix.of(a.rows() * b.rows(), width, rows);
    }

    @Override
    public Matrix dense() {
      double[] values = first.dense().rowMajor();
      double[] others = second.dense().rowMajor();
      for (int i = 0; i < values.length; i++) {
        values[i] *= others[i];
      }
      return Matrix.of(first.up().rows(), first.down().columns(), values);
    }
  }

  /** Every element of the first times all of the second (LoKr). */
  record Kronecker(Product first, Product second) implements WeightChange {
    @Override
    public Product product() {
      return new Product(times(first.up(), second.up()), times(first.down(), second.down()));
    }

    @Override
    public Matrix dense() {
      return times(first.dense(), second.dense());
    }

    private static Matrix times(Matrix a, Matrix b) {
      int rows = a.rows() * b.rows();
      int columns = a.columns() * b.columns();
      double[] values = new double[Math.multiplyExact(rows, columns)];
      double[] inner = b.rowMajor();
      for (int i = 0; i < a.rows(); i++) {
        for (int j = 0; j < a.columns(); j++) {
          double factor = a.get(i, j);
          for (int k = 0; k < b.rows(); k++) {
            int at = (i * b.rows() + k) * columns + j * b.columns();
            for (int l = 0; l < b.columns(); l++) {
              values[at + l] = factor * inner[k * b.columns() + l];
            }
          }
        }
      }
      return Matrix.of(rows, columns, values);
    }
  }
}
