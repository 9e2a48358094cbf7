package dev.forgetmenot.patch.edit;

/**
 * What is added to one weight at strength 1, as two factors: {@code alpha / rank · up · down}. A
 * convolution is taken as the matrix that {@code flatten(1)} makes of it.
 *
 * @param shape the weight's shape: (out, in) or (out, in, height, width)
 * @param rank columns of up and rows of down, 1 to {@link #MAX_RANK}
 * @param alpha finite and more than 0
 * @param down (rank, in) or (rank, in, height, width), row-major, finite; not copied
 * @param up (out, rank) or (out, rank, 1, 1), row-major, finite; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record LowRank(long[] shape, int rank, double alpha, float[] down, float[] up) {
  /** The largest rank of a patch. */
  public static final int MAX_RANK = 1024;

  /** Checks that shape, rank, alpha and the factors agree. */
  public LowRank {
    if (shape.length != 2 && shape.length != 4) {
      throw new IllegalArgumentException(
          "expected a matrix or a convolution, found " + shape.length + " dimensions");
    }
    if (rank < 1 || rank > MAX_RANK) {
      throw new IllegalArgumentException("expected a rank in [1, " + MAX_RANK + "], found " + rank);
    }
    if (!(alpha > 0 && Double.isFinite(alpha))) {
      throw new IllegalArgumentException("expected a finite alpha above 0, found " + alpha);
    }
    long in = 1;
    for (int i = 1; i < shape.length; i++) {
      in = Math.multiplyExact(in, shape[i]);
    }
    Rows.check("down", rank, in, down);
    Rows.check("up", shape[0], rank, up);
  }

  /** Rows of the weight. */
  public int outputs() {
    return (int) shape[0];
  }

  /** Columns of the weight as a matrix. */
  public int inputs() {
    return down.length / rank;
  }

  /** The shape of down for a weight's shape: (rank, in) or (rank, in, height, width). */
  public static long[] downShape(long[] shape, int rank) {
    long[] down = shape.clone();
    down[0] = rank;
    return down;
  }

  /** The shape of up for a weight's shape: (out, rank) or (out, rank, 1, 1). */
  public static long[] upShape(long[] shape, int rank) {
    return shape.length == 2 ? new long[] {shape[0], rank} : new long[] {shape[0], rank, 1, 1};
  }

  /** The Frobenius norm of {@code alpha / rank · up · down}, from the factors' Gram matrices. */
  public double norm() {
    double[][] ups = gram(up, outputs(), 1, rank);
    double[][] downs = gram(down, inputs(), inputs(), 1);
    double square = 0;
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < rank; j++) {
        square += ups[i][j] * downs[i][j];
      }
    }
    return alpha / rank * Math.sqrt(Math.max(0, square));
  }

  /**
   * Inner products of the factor's {@code rank} vectors: element e of vector i is i·next + e·step.
   */
  private double[][] gram(float[] factor, int length, int next, int step) {
    double[][] gram = new double[rank][rank];
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int e = 0; e < length; e++) {
          sum += (double) factor[i * next + e * step] * factor[j * next + e * step];
        }
        gram[i][j] = sum;
        gram[j][i] = sum;
      }
    }
    return gram;
  }
}
