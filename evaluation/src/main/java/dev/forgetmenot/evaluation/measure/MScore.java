package dev.forgetmenot.evaluation.measure;

import dev.forgetmenot.evaluation.statistics.SeedSpread;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The M-Score by our definition; the Forget-Me-Not paper names one and never published it. Textual
 * inversion learns tokens v from images of a concept, once through the original model and once
 * through the patched one; M is the cosine of the end-of-text states of "a photo of v" and "a photo
 * of NAME" under the original's text encoder. Two prompts of one template are alike to begin with,
 * so M* places the patched model's M between that of concepts that the model never knew and that of
 * the original.
 *
 * @param original M of the original over seeds
 * @param patched M of the patched model over the same seeds
 * @param never M of never-known concepts on the original, over concepts and seeds
 */
public record MScore(SeedSpread original, SeedSpread patched, SeedSpread never) {
  /**
   * The score from cosines.
   *
   * @param original one a seed, at least 3, each in -1..1
   * @param patched one a seed, as many
   * @param never at least 3
   * @return the score
   */
  public static MScore of(List<Double> original, List<Double> patched, List<Double> never) {
    if (original.size() != patched.size() || original.size() < 3 || never.size() < 3) {
      throw new IllegalArgumentException(
          "An M-Score needs 3 seeds or more, as many of the original ("
              + original.size()
              + ") as of the patched model ("
              + patched.size()
              + "), and 3 of never-known concepts ("
              + never.size()
              + ")");
    }
    return new MScore(SeedSpread.of(original), SeedSpread.of(patched), SeedSpread.of(never));
  }

  /**
   * M* = (M_patched - M_never) / (M_original - M_never).
   *
   * @return about 0..1, smaller if the inverted tokens are less like the name; empty where the
   *     original's M is not two standard errors above that of never-known concepts
   */
  public OptionalDouble relative() {
    double span = original.mean() - never.mean();
    double error = Math.hypot(original.standardError(), never.standardError());
    return span < 2 * error || span <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((patched.mean() - never.mean()) / span);
  }
}
