package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.AlphasCumprod;

/**
 * Pseudo numerical methods: Liu, Ren, Lin and Zhao, arXiv 2202.09778. The linear multistep method
 * (PLMS) is started by one pseudo improved Euler step instead of Runge-Kutta steps, which costs one
 * more model call than there are steps. diffusers' {@code PNDMScheduler} with {@code
 * skip_prk_steps}, which published Stable Diffusion folders set; a folder that lacks the key gets
 * it too.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>paper</td><td>here</td></tr>
 *   <tr><td>ᾱ<sub>t</sub>, ᾱ<sub>t−δ</sub></td><td>{@code alphaT}, {@code alphaPrevious}</td></tr>
 *   <tr><td>e<sub>t</sub>, e<sub>t+δ</sub>, e<sub>t+2δ</sub> …</td><td>{@code outputs}, newest first</td></tr>
 *   <tr><td>e′<sub>t</sub></td><td>{@code combined}</td></tr>
 *   <tr><td>φ(x, e, t, t−δ)</td><td>{@code transfer}</td></tr>
 * </table>
 */
public final class PndmSampler extends AlphaSampler {
  private static final String NAME = "pndm";

  /** Weights of the newest and older outputs by how many there are: Adams-Bashforth. */
  private static final double[][] MULTISTEP = {
    {1},
    {3 / 2.0, -1 / 2.0},
    {23 / 12.0, -16 / 12.0, 5 / 12.0},
    {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
  };

  private final int stride; // trained timesteps from one step to the next
  private final OutputHistory outputs = new OutputHistory(MULTISTEP.length);
  private NDArray start;

  /**
   * A sampler for one run.
   *
   * @throws IllegalArgumentException if the configuration asks for what this sampler does not do
   */
  public PndmSampler(SchedulerConfig config, int steps) {
    super(
        NAME,
        config,
        AlphasCumprod.of(config, false),
        trainSteps ->
            secondTwice(
                TimestepSpacing.wholeTimesteps(config, TimestepSpacing.LEADING, steps, trainSteps)),
        config.flag("set_alpha_to_one", false));
    if (!config.flag("skip_prk_steps", true)) {
      throw UnsupportedSetting.of(NAME, "skip_prk_steps", "false (the Runge-Kutta start)");
    }
    if (predictionType == PredictionType.SAMPLE) {
      throw UnsupportedSetting.of(NAME, "prediction_type", "sample");
    }
    this.stride = trainSteps() / steps;
  }

  /** The improved Euler step looks at the second timestep twice. */
  private static double[] secondTwice(double[] timesteps) {
    if (timesteps.length == 1) {
      return timesteps;
    }
    double[] longer = new double[timesteps.length + 1];
    System.arraycopy(timesteps, 0, longer, 0, 2);
    System.arraycopy(timesteps, 1, longer, 2, timesteps.length - 1);
    return longer;
  }

  @Override
  NDArray step(NDArray modelOutput, int index, int call, NDArray sample, NoiseSource noise) {
    int t = timestep(index);
    if (call == 1) {
      return improvedEuler(modelOutput, t);
    }
    // 1. remember the last four outputs
    outputs.add(modelOutput.duplicate());
    if (call == 0) {
      start = sample.duplicate();
    }
    // 2. linear multistep, eq. (12), and 3. the transfer to the previous timestep
    try (NDArray combined = outputs.weighted(MULTISTEP[outputs.size() - 1])) {
      return transfer(sample, combined, t, t - stride);
    }
  }

  /** Repeats the first step from its start with the mean of the outputs at both its ends. */
  private NDArray improvedEuler(NDArray modelOutput, int t) {
    try (NDArray from = start;
        NDArray combined = WeightedSum.of(0.5, modelOutput, 0.5, outputs.newest())) {
      start = null;
      return transfer(from, combined, t + stride, t);
    }
  }

  /** φ of eq. (11): x at t − δ from x at t and the noise e. */
  private NDArray transfer(NDArray sample, NDArray output, int t, int previous) {
    float alphaT = alpha(t);
    float alphaPrevious = alpha(previous);
    double ofSample = Math.sqrt((double) alphaPrevious / alphaT);
    double ofNoise =
        -((double) alphaPrevious - alphaT)
            / (alphaT * Math.sqrt(1.0 - alphaPrevious)
                + Math.sqrt((double) alphaT * (1.0 - alphaT) * alphaPrevious));
    if (predictionType == PredictionType.EPSILON) {
      return WeightedSum.of(ofSample, sample, ofNoise, output);
    }
    // v-prediction: e = √ᾱ·v + √(1−ᾱ)·x
    return WeightedSum.of(
        ofSample + ofNoise * Math.sqrt(1.0 - alphaT), sample, ofNoise * Math.sqrt(alphaT), output);
  }

  /** Frees the outputs of the last steps. */
  @Override
  public void close() {
    outputs.close();
    if (start != null) {
      start.close();
      start = null;
    }
  }
}
