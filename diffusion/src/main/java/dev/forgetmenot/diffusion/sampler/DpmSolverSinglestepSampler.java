package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * DPM-Solver++ 2S and 3S: Lu, Zhou, Bao, Chen, Li and Zhu, arXiv 2211.01095, algorithm 1 and arXiv
 * 2206.00927, algorithm 2. Blocks of steps begin at one sample: the first step of a block has order
 * 1, the next begins at the block's sample again with order 2, and so on. diffusers' {@code
 * DPMSolverSinglestepScheduler}, which spreads its timesteps evenly and ends with order 1.
 */
public final class DpmSolverSinglestepSampler extends DpmSolverSampler {
  private static final String NAME = "dpmpp-2s";

  private final List<Integer> orders;
  private NDArray start; // the sample of the block

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public DpmSolverSinglestepSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        SigmaSchedule.variancePreserving(
            SigmaSampler.without(
                config,
                "use_lu_lambdas",
                "timestep_spacing",
                "steps_offset",
                "rescale_betas_zero_snr"),
            NAME,
            steps),
        solverOrder(config, NAME));
    if (solver == DpmSolver.NOISE_SDE) {
      throw UnsupportedSetting.of(NAME, "algorithm_type", "sde-dpmsolver");
    }
    int order = solverOrder(config, NAME);
    boolean lower = config.flag("lower_order_final", false) || endsAtZero() || steps % order != 0;
    this.orders = orders(steps, order, lower);
    if (endsAtZero()) {
      orders.set(steps - 1, 1);
    }
  }

  /** 1, 2, … order again and again; where the end is lower, the last block has at least 1 less. */
  private static List<Integer> orders(int steps, int order, boolean lowerAtEnd) {
    List<Integer> orders = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      orders.add(i % order + 1);
    }
    if (lowerAtEnd && order > 1 && steps % order == 0) {
      orders.set(steps - 1, 1);
    }
    return orders;
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    remember(modelOutput, index, sample);
    int order = Math.min(orders.get(index), outputs.size());
    if (order == 1) {
      close(start);
      start = sample.duplicate();
    }
    int begin = index - order + 1;
    DpmSolver.Weights step = weights(begin, index + 1);
    return taken(step, start, noise, ofOutputs(step, begin, index));
  }

  private double[] ofOutputs(DpmSolver.Weights step, int begin, int index) {
    double h = lambda(index + 1) - lambda(begin);
    double r0 = (lambda(index) - lambda(begin)) / h;
    double r1 = (lambda(begin + 1) - lambda(begin)) / h;
    return switch (index - begin) {
      case 0 -> new double[] {step.value()};
      case 1 -> {
        double slope = (midpoint ? step.value() / 2 : step.slope()) / r0;
        yield new double[] {slope, step.value() - slope};
      }
      default -> {
        // slopes from the block's start to its second and to its third output
        double near = midpoint ? 0 : (step.slope() * r0 - 2 * step.curve()) / (r0 - r1) / r1;
        double far =
            (midpoint ? step.slope() : (2 * step.curve() - step.slope() * r1) / (r0 - r1)) / r0;
        yield new double[] {far, near, step.value() - near - far};
      }
    };
  }

  private static void close(NDArray array) {
    if (array != null) {
      array.close();
    }
  }

  /** Frees the outputs of the last steps and the sample of the block. */
  @Override
  public void close() {
    super.close();
    close(start);
    start = null;
  }
}
