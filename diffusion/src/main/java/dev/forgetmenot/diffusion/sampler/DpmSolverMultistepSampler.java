package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;

/**
 * DPM-Solver++ 2M and 3M: Lu, Zhou, Bao, Chen, Li and Zhu, arXiv 2211.01095, algorithm 2, and its
 * stochastic forms; derivatives are taken from the outputs of the last steps. diffusers' {@code
 * DPMSolverMultistepScheduler}.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>h<sub>i</sub> = λ<sub>i</sub> − λ<sub>i−1</sub></td><td>{@code h}</td></tr>
 *   <tr><td>r<sub>i</sub> = h<sub>i−1</sub> / h<sub>i</sub></td><td>{@code r0}, {@code r1}</td></tr>
 * </table>
 */
public final class DpmSolverMultistepSampler extends DpmSolverSampler {
  private static final String NAME = "dpmpp-2m";

  private final boolean eulerAtFinal;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public DpmSolverMultistepSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        SigmaSchedule.variancePreserving(config, NAME, steps),
        solverOrder(config, NAME));
    this.eulerAtFinal = config.flag("euler_at_final", false);
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    remember(modelOutput, index, sample);
    DpmSolver.Weights step = weights(index, index + 1);
    return taken(step, sample, noise, ofOutputs(step, index));
  }

  private double[] ofOutputs(DpmSolver.Weights step, int index) {
    boolean last = index == steps() - 1;
    int order = last && (eulerAtFinal || endsAtZero()) ? 1 : usableOrder(index);
    double h = lambda(index + 1) - lambda(index);
    if (order == 1) {
      return new double[] {step.value()};
    }
    double r0 = (lambda(index) - lambda(index - 1)) / h;
    if (order == 2) {
      double slope = (midpoint ? step.value() / 2 : step.slope()) / r0;
      return new double[] {step.value() + slope, -slope};
    }
    // D₁ = D + r₀/(r₀+r₁)·(D − D′), D₂ = (D − D′)/(r₀+r₁) with D and D′ the newer and the older
    // slope
    double r1 = (lambda(index - 1) - lambda(index - 2)) / h;
    double change = (step.slope() * r0 + step.curve()) / (r0 + r1);
    double newer = (step.slope() + change) / r0;
    double older = -change / r1;
    return new double[] {step.value() + newer, older - newer, -older};
  }
}
