package dev.forgetmenot.diffusion.random;

/**
 * Spherical interpolation of noise as A1111's variation seeds use it: between the columns of the
 * latents, each a vector along the height, so that every mixture has the length of noise.
 */
public final class Slerp {
  /** Above this mean cosine the arc is too short to divide by its sine. */
  private static final double ALIKE = 0.9995;

  /** Columns that lie on one line have no arc between them. */
  private static final double FLAT = 1e-6;

  private Slerp() {}

  /**
   * Goes from one noise to another.
   *
   * @param from b · c · h · w numbers
   * @param to as many
   * @param share 0 for {@code from}, 1 for {@code to}
   * @param planes b · c
   * @param height h
   * @param width w
   */
  public static float[] between(
      float[] from, float[] to, double share, int planes, int height, int width) {
    double[] cosines = new double[planes * width];
    double sum = 0;
    for (int column = 0; column < cosines.length; column++) {
      cosines[column] = cosine(from, to, first(column, height, width), height, width);
      sum += cosines[column];
    }
    boolean alike = sum / cosines.length > ALIKE;
    float[] mixed = new float[from.length];
    for (int column = 0; column < cosines.length; column++) {
      double angle = Math.acos(cosines[column]);
      double sine = Math.sin(angle);
      boolean straight = alike || sine < FLAT;
      double ofFrom = straight ? 1 - share : Math.sin((1 - share) * angle) / sine;
      double ofTo = straight ? share : Math.sin(share * angle) / sine;
      int at = first(column, height, width);
      for (int y = 0; y < height; y++, at += width) {
        mixed[at] = (float) (ofFrom * from[at] + ofTo * to[at]);
      }
    }
    return mixed;
  }

  private static int first(int column, int height, int width) {
    return column / width * height * width + column % width;
  }

  private static double cosine(float[] a, float[] b, int first, int height, int width) {
    double product = 0;
    double lengthA = 0;
    double lengthB = 0;
    for (int y = 0, at = first; y < height; y++, at += width) {
      product += (double) a[at] * b[at];
      lengthA += (double) a[at] * a[at];
      lengthB += (double) b[at] * b[at];
    }
    return Math.max(-1, Math.min(1, product / Math.sqrt(lengthA * lengthB)));
  }
}
