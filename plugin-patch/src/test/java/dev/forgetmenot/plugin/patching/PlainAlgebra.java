package dev.forgetmenot.plugin.patching;

/** Matrices of doubles in plain loops, to compare the program's with. */
final class PlainAlgebra {
  private PlainAlgebra() {}

  static void addOuter(double[][] to, double[] left, double[] right, double scale) {
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j < right.length; j++) {
        to[i][j] += scale * left[i] * right[j];
      }
    }
  }

  static double[][] transpose(double[][] matrix) {
    double[][] transposed = new double[matrix.length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        transposed[j][i] = matrix[i][j];
      }
    }
    return transposed;
  }

  /** Gauss and Jordan, for a positive definite matrix. */
  static double[][] solve(double[][] matrix, double[][] right) {
    int n = matrix.length;
    double[][] a = new double[n][];
    double[][] x = new double[n][];
    for (int i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
      x[i] = right[i].clone();
    }
    for (int p = 0; p < n; p++) {
      for (int row = 0; row < n; row++) {
        double factor = row == p ? 0 : a[row][p] / a[p][p];
        for (int j = 0; j < n; j++) {
          a[row][j] -= factor * a[p][j];
          x[row][j] -= factor * x[p][j];
        }
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        x[i][j] /= a[i][i];
      }
    }
    return x;
  }
}
