package dev.forgetmenot.evaluation.measure;

import java.util.function.DoubleUnaryOperator;

/**
 * The squared maximum mean discrepancy of two sets of unit rows (Gretton et al. 2012, equations 3
 * and 5), under a kernel that is a function of the cosine.
 *
 * @param biased mean k(x, x) + mean k(y, y) - 2 mean k(x, y) over all pairs, 0 or more
 * @param unbiased the same without the pairs of a row with itself; may be below 0; NaN where a set
 *     has one row
 */
record MeanDiscrepancy(double biased, double unbiased) {
  static MeanDiscrepancy of(UnitRows x, UnitRows y, DoubleUnaryOperator kernel) {
    double n = x.size();
    double m = y.size();
    double xx = sum(x, x, kernel);
    double yy = sum(y, y, kernel);
    double across = 2 * sum(x, y, kernel) / (n * m);
    double withoutX = xx - diagonal(x, kernel);
    double withoutY = yy - diagonal(y, kernel);
    return new MeanDiscrepancy(
        xx / (n * n) + yy / (m * m) - across,
        withoutX / (n * (n - 1)) + withoutY / (m * (m - 1)) - across);
  }

  private static double sum(UnitRows x, UnitRows y, DoubleUnaryOperator kernel) {
    double sum = 0;
    for (int i = 0; i < x.size(); i++) {
      for (int j = 0; j < y.size(); j++) {
        sum += kernel.applyAsDouble(x.cosine(i, y, j));
      }
    }
    return sum;
  }

  private static double diagonal(UnitRows x, DoubleUnaryOperator kernel) {
    double sum = 0;
    for (int i = 0; i < x.size(); i++) {
      sum += kernel.applyAsDouble(x.cosine(i, x, i));
    }
    return sum;
  }
}
