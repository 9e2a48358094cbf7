package dev.forgetmenot.editing.difference;

/** What an edit leaves of a difference. */
final class Residual {
  private Residual() {}

  /** The norm of a difference of two tensors. */
  static double of(double[] wanted, double[] got) {
    double square = 0;
    for (int i = 0; i < wanted.length; i++) {
      double rest = wanted[i] - got[i];
      square += rest * rest;
    }
    return Math.sqrt(square);
  }
}
