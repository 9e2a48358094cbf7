package dev.forgetmenot.api.training;

import java.util.Locale;

/**
 * What the learning rate is multiplied by, step after step; shapes and names are diffusers'.
 *
 * @param shape the curve
 * @param warmup steps on which the rate rises from 0, at least 0; CONSTANT has none
 * @param steps of the whole training, at least 1; the end of LINEAR and COSINE
 */
public record LearningRateSchedule(Shape shape, int warmup, int steps) {
  /** The rate as it is, always. */
  public static final LearningRateSchedule CONSTANT =
      new LearningRateSchedule(Shape.CONSTANT, 0, 1);

  /** How the rate goes on after the warm-up. */
  public enum Shape {
    /** 1, without warm-up. */
    CONSTANT,
    /** 1. */
    CONSTANT_WITH_WARMUP,
    /** Straight down to 0. */
    LINEAR,
    /** Half a wave down to 0: (1 + cos πx) / 2. */
    COSINE;

    /** The word of options, such as {@code constant_with_warmup}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The shape with this {@link #word}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Shape of(String word) {
      for (Shape shape : values()) {
        if (shape.word().equals(word)) {
          return shape;
        }
      }
      throw new IllegalArgumentException(
          "a schedule is constant, constant_with_warmup, linear or cosine, not '" + word + "'");
    }
  }

  /** Checks the numbers. */
  public LearningRateSchedule {
    if (warmup < 0 || steps < 1) {
      throw new IllegalArgumentException(
          "a schedule has 0 or more steps of warm-up and at least 1 step, not "
              + warmup
              + " and "
              + steps);
    }
    if (shape == Shape.CONSTANT && warmup > 0) {
      throw new IllegalArgumentException(
          "a constant schedule has no warm-up; constant_with_warmup has");
    }
  }

  /**
   * The factor of a step.
   *
   * @param done steps that are done, 0 for the first: a warm-up begins with the factor 0
   * @return in [0, 1]
   */
  public double factor(int done) {
    if (done < warmup) {
      return (double) done / warmup;
    }
    return switch (shape) {
      case CONSTANT, CONSTANT_WITH_WARMUP -> 1;
      case LINEAR -> Math.max(0, (double) (steps - done) / Math.max(1, steps - warmup));
      case COSINE ->
          Math.max(
              0, 0.5 * (1 + Math.cos(Math.PI * (done - warmup) / Math.max(1, steps - warmup))));
    };
  }
}
