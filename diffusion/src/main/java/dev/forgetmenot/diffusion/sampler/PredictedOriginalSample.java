package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.PredictionType;

/** What a model's output says of the clean sample when the sample is x = x₀ + σ·ε. */
final class PredictedOriginalSample {
  private PredictedOriginalSample() {}

  /**
   * D(x; σ), the denoised sample: Karras et al., arXiv 2206.00364, eq. (7) with c_skip and c_out of
   * the prediction type.
   */
  static NDArray denoised(PredictionType type, NDArray modelOutput, double sigma, NDArray sample) {
    double total = sigma * sigma + 1;
    return switch (type) {
      case EPSILON -> WeightedSum.of(1, sample, -sigma, modelOutput);
      case V_PREDICTION ->
          WeightedSum.of(1 / total, sample, -sigma / Math.sqrt(total), modelOutput);
      case SAMPLE -> modelOutput.duplicate();
    };
  }
}
