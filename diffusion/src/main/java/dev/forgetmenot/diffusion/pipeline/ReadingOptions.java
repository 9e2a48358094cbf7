package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.sampling.PredictionType;
import java.util.Optional;

/**
 * How a model's files are read.
 *
 * @param prediction what the UNet predicts; empty for what the files say
 * @param variant which of several weights a folder's components have, such as {@code fp16}; empty
 *     for those without a variant, or the only ones
 * @param strict whether tensors that no image needs are refused rather than left out and named
 */
public record ReadingOptions(
    Optional<PredictionType> prediction, Optional<String> variant, boolean strict) {
  /** As the files say. */
  public static final ReadingOptions DEFAULT =
      new ReadingOptions(Optional.empty(), Optional.empty(), false);

  /** The same for another model, of which these weights are read; empty for the same variant. */
  public ReadingOptions ofVariant(Optional<String> name) {
    return new ReadingOptions(prediction, name.or(() -> variant), strict);
  }
}
