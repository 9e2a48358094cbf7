package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;

/**
 * Heun's method: Karras, Aittala, Aila and Laine, arXiv 2206.00364, algorithm 2 without churn (γ =
 * 0). Euler's step to σᵢ₊₁, then again with the mean of the derivatives at both ends; the last
 * step, to σ = 0, is Euler's alone. diffusers' {@code HeunDiscreteScheduler}; the model is called 2
 * · steps − 1 times.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>x<sub>i</sub></td><td>{@code start}</td></tr>
 *   <tr><td>d<sub>i</sub>, d′<sub>i</sub></td><td>{@code first}, {@code second}</td></tr>
 * </table>
 */
public final class HeunSampler extends SigmaSampler {
  private static final String NAME = "heun";

  private final float clip;
  private NDArray start;
  private NDArray first;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public HeunSampler(SchedulerConfig config, int steps) {
    super(config, SigmaSchedule.varianceExploding(known(config), NAME, steps).endsTwice(), 2);
    this.clip = AlphaSampler.clip(config, false);
  }

  /** The configuration with what the class in diffusers knows and takes for absent keys. */
  static SchedulerConfig known(SchedulerConfig config) {
    var values = new java.util.LinkedHashMap<String, Object>();
    values.put("beta_start", 0.00085);
    values.put("beta_end", 0.012);
    values.putAll(
        without(
                config,
                "use_lu_lambdas",
                "use_flow_sigmas",
                "interpolation_type",
                "final_sigmas_type",
                "rescale_betas_zero_snr")
            .values());
    return new SchedulerConfig(values);
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    try (NDArray unclipped = denoised(modelOutput, index, sample);
        NDArray denoised = unclipped.clip(-clip, clip)) {
      NDArray derivative = derivative(denoised, sigma(index), sample);
      return index % 2 == 0 ? euler(derivative, index, sample) : corrected(derivative, index);
    }
  }

  /** Lines 4 and 5 of the algorithm; keeps or closes the derivative. */
  private NDArray euler(NDArray derivative, int index, NDArray sample) {
    NDArray next = WeightedSum.of(1, sample, sigma(index + 1) - sigma(index), derivative);
    if (isLast(index)) {
      derivative.close();
    } else {
      start = sample.duplicate();
      first = derivative;
    }
    return next;
  }

  /** Lines 7 and 8. */
  private NDArray corrected(NDArray second, int index) {
    try (NDArray derivative = second;
        NDArray mean = WeightedSum.of(0.5, first, 0.5, derivative)) {
      return WeightedSum.of(1, start, sigma(index) - sigma(index - 1), mean);
    } finally {
      close();
    }
  }

  /** Frees what waits for the second call of a step. */
  @Override
  public void close() {
    if (start != null) {
      start.close();
      first.close();
      start = null;
      first = null;
    }
  }
}
