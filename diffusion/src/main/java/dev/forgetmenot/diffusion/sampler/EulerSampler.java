package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;

/**
 * Euler's method: Karras, Aittala, Aila and Laine, arXiv 2206.00364, algorithm 2 without churn (γ =
 * 0) and without the second-order correction. diffusers' {@code EulerDiscreteScheduler}.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>t<sub>i</sub> = σ<sub>i</sub></td><td>{@code sigma(index)}</td></tr>
 *   <tr><td>d<sub>i</sub> = (x − D) / σ</td><td>{@code derivative}</td></tr>
 * </table>
 */
public final class EulerSampler extends SigmaSampler {
  private static final String NAME = "euler";

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public EulerSampler(SchedulerConfig config, int steps) {
    super(config, SigmaSchedule.varianceExploding(config, NAME, steps), 1);
    String timestepType = config.text("timestep_type", "discrete");
    if (!timestepType.equals("discrete")) {
      throw UnsupportedSetting.of(NAME, "timestep_type", timestepType);
    }
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    // 1. the derivative, eq. (3) and line 7 of the algorithm
    try (NDArray derivative = derivative(modelOutput, index, sample)) {
      // 2. Euler's step from σᵢ to σᵢ₊₁, line 8
      return WeightedSum.of(1, sample, sigma(index + 1) - sigma(index), derivative);
    }
  }
}
