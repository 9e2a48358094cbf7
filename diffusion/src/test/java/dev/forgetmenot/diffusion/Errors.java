package dev.forgetmenot.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** Measured distances from reference values. */
public final class Errors {
  private Errors() {}

  /** The largest difference, relative to the largest reference value. */
  public static double ofLargest(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isFinite();
      difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }

  /** Prints a measured error for the table in docs/numerics.md. */
  public static void print(Path folder, String what, double error) {
    System.err.printf("numerics: %s %s %.2e%n", folder.getFileName(), what, error);
  }
}
