package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;

/**
 * The midpoint method with the midpoint in log σ: DPM-Solver-2 of Lu, Zhou, Bao, Chen, Li and Zhu,
 * arXiv 2206.00927, in the σ of Karras et al., arXiv 2206.00364. The derivative at the midpoint
 * serves for the whole step; the last step, to σ = 0, is Euler's. The ancestral form goes down less
 * far and up again by noise, see {@link AncestralStep}. diffusers' {@code KDPM2DiscreteScheduler}
 * and {@code KDPM2AncestralDiscreteScheduler}; the model is called 2 · steps − 1 times.
 */
public final class Dpm2Sampler extends SigmaSampler {
  private final boolean ancestral;
  private final float[] ends; // σ at the ends of the steps, the first of them at the start
  private NDArray start;

  private Dpm2Sampler(
      SchedulerConfig config, String name, SigmaSchedule schedule, boolean ancestral) {
    super(config, withMidpoints(config, schedule, ancestral), 2);
    this.ancestral = ancestral;
    this.ends = schedule.sigmas();
    requireNoSamplePrediction(name);
  }

  /**
   * A sampler for one run.
   *
   * @param ancestral whether each step draws noise
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public static Dpm2Sampler of(SchedulerConfig config, int steps, boolean ancestral) {
    String name = ancestral ? "dpm2-a" : "dpm2";
    SchedulerConfig known = HeunSampler.known(config);
    SigmaSchedule schedule = SigmaSchedule.varianceExploding(known, name, steps);
    if (SigmaSpacing.of(known, name) == SigmaSpacing.KARRAS) { // whole timesteps, as diffusers has
      double[] timesteps = schedule.timesteps();
      for (int i = 0; i < timesteps.length; i++) {
        timesteps[i] = Math.rint(timesteps[i]);
      }
    }
    return new Dpm2Sampler(known, name, schedule, ancestral);
  }

  private static SigmaSchedule withMidpoints(
      SchedulerConfig config, SigmaSchedule schedule, boolean ancestral) {
    double[] midpoints = new double[schedule.calls() - 1];
    float[] levels = new float[midpoints.length];
    for (int k = 0; k < midpoints.length; k++) {
      double from = schedule.sigmas()[k];
      double to = schedule.sigmas()[k + 1];
      double down = ancestral ? AncestralStep.of(from, to).down() : to;
      levels[k] = (float) Math.exp((Math.log(from) + Math.log(down)) / 2);
      midpoints[k] = levels[k];
    }
    return schedule.withSecondCalls(levels, TrainingSigmas.of(config).timesteps(midpoints));
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    try (NDArray derivative = derivative(modelOutput, index, sample)) {
      if (index % 2 == 0) { // to the midpoint, or in the last step to the end
        if (!isLast(index)) {
          start = sample.duplicate();
        }
        return WeightedSum.of(1, sample, sigma(index + 1) - sigma(index), derivative);
      }
      double from = ends[index / 2];
      double to = ends[index / 2 + 1];
      AncestralStep step = ancestral ? AncestralStep.of(from, to) : new AncestralStep(to, 0);
      NDArray next = WeightedSum.of(1, start, step.down() - from, derivative);
      close();
      return ancestral ? FreshNoise.added(next, step.up(), noise) : next;
    }
  }

  /** Frees what waits for the second call of a step. */
  @Override
  public void close() {
    if (start != null) {
      start.close();
      start = null;
    }
  }
}
