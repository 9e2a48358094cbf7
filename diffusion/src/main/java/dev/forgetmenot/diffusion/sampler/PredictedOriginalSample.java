package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.PredictionType;

/** What a model's output says of the clean sample x₀ and of the noise ε in a sample. */
final class PredictedOriginalSample {
  private PredictedOriginalSample() {}

  /**
   * D(x; σ), the denoised sample where x = x₀ + σ·ε: Karras et al., arXiv 2206.00364, eq. (7) with
   * c_skip and c_out of the prediction type.
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

  /**
   * The same with each rounding as diffusers has it, for a σ so large that roundings show: the
   * first level of a zero terminal SNR is 4096, and the step to the next one cancels all but 1e-3
   * of x.
   */
  static NDArray denoisedInOrder(
      PredictionType type, NDArray modelOutput, float sigma, NDArray sample) {
    if (type != PredictionType.V_PREDICTION) {
      return denoised(type, modelOutput, sigma, sample);
    }
    float total = sigma * sigma + 1;
    try (NDArray kept = sample.div(total)) {
      NDArray sum = modelOutput.mul(-sigma / (float) Math.sqrt(total));
      sum.addi(kept);
      return sum;
    }
  }

  /**
   * x₀ where x = α·x₀ + σ·ε with α² + σ² = 1, as a new array.
   *
   * @param signal α
   * @param deviation σ
   */
  static NDArray clean(
      PredictionType type, NDArray modelOutput, double signal, double deviation, NDArray sample) {
    return switch (type) {
      case EPSILON -> WeightedSum.of(1 / signal, sample, -deviation / signal, modelOutput);
      case V_PREDICTION -> WeightedSum.of(signal, sample, -deviation, modelOutput);
      case SAMPLE -> modelOutput.duplicate();
    };
  }

  /** ε where x = α·x₀ + σ·ε, as a new array; arguments as in {@link #clean}. */
  static NDArray noise(
      PredictionType type, NDArray modelOutput, double signal, double deviation, NDArray sample) {
    return switch (type) {
      case EPSILON -> modelOutput.duplicate();
      case V_PREDICTION -> WeightedSum.of(deviation, sample, signal, modelOutput);
      case SAMPLE -> WeightedSum.of(1 / deviation, sample, -signal / deviation, modelOutput);
    };
  }
}
