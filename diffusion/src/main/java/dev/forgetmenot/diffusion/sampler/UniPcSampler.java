package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.Arrays;
import java.util.List;

/**
 * The unified predictor-corrector: Zhao, Bai, Rao, Zhou and Lu, arXiv 2302.04867, algorithms 5 to
 * 8, with varying order. The output that the model gives for the next step first corrects the
 * sample of the last one, at no further call. diffusers' {@code UniPCMultistepScheduler}.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>r<sub>m</sub></td><td>{@code nodes}</td></tr>
 *   <tr><td>B(h)</td><td>{@code scale}</td></tr>
 *   <tr><td>φ<sub>n</sub>(h), g<sub>n</sub> / B(h)</td><td>{@code phi}, {@code moments}</td></tr>
 *   <tr><td>a<sub>m</sub>, c<sub>m</sub></td><td>{@code rho}</td></tr>
 * </table>
 */
public final class UniPcSampler extends LogSnrSampler {
  private static final String NAME = "unipc";

  private final DpmSolver equation;
  private final boolean bh1;
  private final int solverOrder;
  private final boolean lowerOrderFinal;
  private final List<?> uncorrected; // steps after which nothing is corrected
  private NDArray last; // the sample of the last step
  private int lastOrder;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public UniPcSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        SigmaSchedule.variancePreserving(
            SigmaSampler.without(config, "use_lu_lambdas", "lambda_min_clipped"), NAME, steps),
        solverOrder(config, NAME));
    this.equation = config.flag("predict_x0", true) ? DpmSolver.DATA : DpmSolver.NOISE;
    String type = config.text("solver_type", "bh2");
    this.bh1 =
        switch (type) {
          case "bh1" -> true;
          case "bh2", "midpoint", "heun", "logrho" -> false;
          default -> throw UnsupportedSetting.of(NAME, "solver_type", type);
        };
    this.solverOrder = solverOrder(config, NAME);
    this.lowerOrderFinal = config.flag("lower_order_final", true);
    if (!lowerOrderFinal && solverOrder > 1 && endsAtZero()) {
      throw UnsupportedSetting.of(NAME, "lower_order_final false with final_sigmas_type", "zero");
    }
    if (config.values().containsKey("solver_p")) {
      throw UnsupportedSetting.of(NAME, "solver_p", "(another predictor)");
    }
    this.uncorrected =
        config.values().get("disable_corrector") instanceof List<?> list ? list : List.of();
  }

  @Override
  NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    NDArray output = predicted(equation.predictsNoise(), modelOutput, index, sample);
    boolean corrects = last != null && !uncorrected.contains((double) (index - 1));
    NDArray corrected = corrects ? corrected(output, index) : sample.duplicate();
    if (last != null) {
      last.close();
    }
    last = corrected;
    outputs.add(output);
    int most = lowerOrderFinal ? Math.min(solverOrder, steps() - index) : solverOrder;
    lastOrder = Math.min(most, outputs.size());
    return predictor(index);
  }

  /** Algorithm 8 (UniP), from this step to the next. */
  private NDArray predictor(int index) {
    Step step = new Step(index, index + 1, lastOrder);
    double[] rho =
        switch (lastOrder) {
          case 1 -> new double[0];
          case 2 -> new double[] {0.5};
          default -> LagrangeBasis.weights(step.nodes, step.moments(lastOrder - 1));
        };
    return combined(step.weights.sample(), last, step.ofOutputs(rho, 0));
  }

  /** Algorithm 7 (UniC), from the last step to this one, with this step's output. */
  private NDArray corrected(NDArray output, int index) {
    Step step = new Step(index - 1, index, lastOrder);
    double[] nodes = Arrays.copyOf(step.nodes, lastOrder);
    nodes[lastOrder - 1] = 1;
    double[] rho =
        lastOrder == 1 ? new double[] {0.5} : LagrangeBasis.weights(nodes, step.moments(lastOrder));
    double here = step.scale * rho[lastOrder - 1];
    double[] others = step.ofOutputs(Arrays.copyOf(rho, lastOrder - 1), here);
    try (NDArray without = combined(step.weights.sample(), last, others)) {
      return WeightedSum.of(1, without, here, output);
    }
  }

  /** The numbers of a step. */
  private final class Step {
    final DpmSolver.Weights weights;
    final double scale; // of the correction: −αₜ·B(h), or −σₜ·B(h) for the noise
    final double[] nodes; // of older outputs
    private final double h; // −h of the paper for the data
    private final double b;

    Step(int from, int to, int order) {
      double step = lambda(to) - lambda(from);
      weights = equation.weights(signal(from), deviation(from), signal(to), deviation(to), step);
      h = equation.predictsNoise() ? step : -step;
      b = bh1 ? h : Math.expm1(h);
      scale = -(equation.predictsNoise() ? deviation(to) : signal(to)) * b;
      nodes = new double[order - 1];
      for (int k = 0; k < nodes.length; k++) {
        nodes[k] = (lambda(from - k - 1) - lambda(from)) / step;
      }
    }

    /** n!·φₙ₊₁(h)·h / B(h) for n from 1. */
    double[] moments(int count) {
      double[] moments = new double[count];
      double phi = Math.expm1(h) / h - 1;
      double factorial = 1;
      for (int n = 1; n <= count; n++) {
        moments[n - 1] = phi * factorial / b;
        factorial *= n + 1;
        phi = phi / h - 1 / factorial;
      }
      return moments;
    }

    /**
     * Weights of the outputs, the newest first, for scale · Σₖ ρₖ·(mₖ − m₀)/rₖ.
     *
     * @param taken what else is taken from the weight of the newest
     */
    double[] ofOutputs(double[] rho, double taken) {
      double[] all = new double[rho.length + 1];
      all[0] = weights.value() - taken;
      for (int k = 0; k < rho.length; k++) {
        all[k + 1] = scale * rho[k] / nodes[k];
        all[0] -= all[k + 1];
      }
      return all;
    }
  }

  /** Frees the outputs and the sample of the last steps. */
  @Override
  public void close() {
    super.close();
    if (last != null) {
      last.close();
      last = null;
    }
  }
}
