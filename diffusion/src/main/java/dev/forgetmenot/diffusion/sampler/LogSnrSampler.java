package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;

/**
 * A sampler that goes from one λ = log(α/σ) to the next, half the log signal-to-noise ratio, with x
 * = α·x₀ + σ·ε and α² + σ² = 1: the exponential integrators (Lu et al., arXiv 2206.00927). It keeps
 * the outputs of the last steps.
 */
abstract class LogSnrSampler implements Sampler {
  /** Fewer steps than this end with lower orders. */
  private static final int FEW_STEPS = 15;

  final OutputHistory outputs;

  private final SigmaSchedule schedule;
  private final PredictionType predictionType;
  private final StepCounter counter;
  private final boolean lowerOrderFinal;

  /**
   * Reads what the model predicts.
   *
   * @param name the sampler's, for errors
   * @param order how many outputs are kept
   */
  LogSnrSampler(String name, SchedulerConfig config, SigmaSchedule schedule, int order) {
    UnsupportedSetting.flag(config, name, "thresholding");
    String variance = config.text("variance_type", "");
    if (variance.startsWith("learned")) {
      throw UnsupportedSetting.of(name, "variance_type", variance);
    }
    this.schedule = schedule;
    this.predictionType = DiscreteNoiseSchedule.predictionType(config);
    this.counter = new StepCounter(schedule.calls(), 1);
    this.lowerOrderFinal = config.flag("lower_order_final", true);
    this.outputs = new OutputHistory(order);
  }

  /**
   * The value of {@code solver_order}.
   *
   * @throws IllegalArgumentException if it is not in [1, 3]
   */
  static int solverOrder(SchedulerConfig config, String name) {
    double order = config.number("solver_order", 2);
    if (order != 1 && order != 2 && order != 3) {
      throw UnsupportedSetting.of(name, "solver_order", String.valueOf(order));
    }
    return (int) order;
  }

  /** Steps of the whole schedule. */
  final int steps() {
    return schedule.calls();
  }

  /** Whether the run ends at the image itself, where λ is infinite. */
  final boolean endsAtZero() {
    return schedule.endsAtZero();
  }

  /** σ/α, the σ of Karras et al., at a step; after the last, where the run ends. */
  final double ratio(int index) {
    return schedule.sigmas()[index];
  }

  /** α at a step. */
  final double signal(int index) {
    return 1 / Math.sqrt(ratio(index) * ratio(index) + 1);
  }

  /** σ at a step. */
  final double deviation(int index) {
    return ratio(index) * signal(index);
  }

  /** λ at a step. */
  final double lambda(int index) {
    return -Math.log(ratio(index));
  }

  /** How many outputs a step may use: all that there are, fewer at the end of a short schedule. */
  final int usableOrder(int index) {
    boolean few = lowerOrderFinal && steps() < FEW_STEPS;
    return few ? Math.min(outputs.size(), steps() - index) : outputs.size();
  }

  /** x₀ or ε as the model's output has it, as a new array. */
  final NDArray predicted(boolean noise, NDArray modelOutput, int index, NDArray sample) {
    double signal = signal(index);
    double deviation = deviation(index);
    return noise
        ? PredictedOriginalSample.noise(predictionType, modelOutput, signal, deviation, sample)
        : PredictedOriginalSample.clean(predictionType, modelOutput, signal, deviation, sample);
  }

  @Override
  public final double[] timesteps() {
    return schedule.timesteps().clone();
  }

  @Override
  public final double initNoiseSigma() {
    return 1;
  }

  @Override
  public final NDArray addNoise(NDArray sample, NDArray noise, int index) {
    return WeightedSum.of(signal(index), sample, deviation(index), noise);
  }

  @Override
  public final NDArray scaleModelInput(NDArray sample, int index) {
    return sample;
  }

  @Override
  public final NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    counter.take(index);
    return advance(modelOutput, index, sample, noise);
  }

  /** The sample at the next step. */
  abstract NDArray advance(NDArray modelOutput, int index, NDArray sample, NoiseSource noise);

  /** c·x + Σₖ weightsₖ·outputₖ, the newest output first, as a new array. */
  final NDArray combined(double c, NDArray x, double... weights) {
    try (NDArray change = outputs.weighted(weights)) {
      return WeightedSum.of(c, x, 1, change);
    }
  }

  /** Frees the outputs of the last steps. */
  @Override
  public void close() {
    outputs.close();
  }
}
