package dev.forgetmenot.evaluation.measure;

import java.util.stream.DoubleStream;

/**
 * H_o, the harmonic mean of what an eraser is to do (Lu et al. 2024, MACE; Li et al., SPEED): one
 * bad part makes it bad. 0 if a part is 0. Accuracies are pooled over concepts, not a mean of H's,
 * and it is never printed without its parts. In 0..1, larger is better.
 */
public final class HarmonicMean {
  private HarmonicMean() {}

  /**
   * 2 / (1 / (1 - Acc_e) + 1 / Acc_s).
   *
   * @param targets Acc_e, the share of the targets' images that are still recognised
   * @param retained Acc_s, the share of other concepts' images that are
   * @return the mean of both
   */
  public static double of(double targets, double retained) {
    return mean(1 - targets, retained);
  }

  /**
   * 3 / (1 / (1 - Acc_e) + 1 / Acc_s + 1 / (1 - Acc_g)).
   *
   * @param targets Acc_e, the share of the targets' images that are still recognised
   * @param retained Acc_s, the share of other concepts' images that are
   * @param synonyms Acc_g, the share of images by synonyms of the targets that are still recognised
   * @return the mean of the three
   */
  public static double of(double targets, double retained, double synonyms) {
    return mean(1 - targets, retained, 1 - synonyms);
  }

  private static double mean(double... parts) {
    return DoubleStream.of(parts).anyMatch(part -> part <= 0)
        ? 0
        : parts.length / DoubleStream.of(parts).map(part -> 1 / part).sum();
  }
}
