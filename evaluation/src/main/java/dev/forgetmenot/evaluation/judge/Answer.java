package dev.forgetmenot.evaluation.judge;

import java.util.Optional;

/**
 * What a judge says of one image.
 *
 * @param nearest the label that is nearest
 * @param margin its cosine minus that of the second, 0 or more
 * @param abstained whether the margin is too small to say; then the image counts neither as the
 *     target nor as right
 */
public record Answer(String nearest, double margin, boolean abstained) {
  /**
   * The label.
   *
   * @return empty where the judge abstained
   */
  public Optional<String> label() {
    return abstained ? Optional.empty() : Optional.of(nearest);
  }
}
