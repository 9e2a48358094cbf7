package dev.forgetmenot.plugin.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.LatentDistribution;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import java.util.Arrays;
import java.util.List;

/**
 * How well a model denoises images, in terms of the noise whatever the model predicts: the mean of
 * ‖ε - ε_m(x_t, t, y)‖² / (chw) over images, timesteps and noises. For the engine thread.
 *
 * @param seed of the noises, which are the same for all models and prompts
 */
record DenoisingLoss(DiffusionModel model, long seed, JobContext context) {
  private static final int FIRST = 50;
  private static final int EVERY = 100;
  private static final int TIMES = 10;
  private static final int NOISES = 4;

  /** UNet evaluations of one image with one prompt. */
  static final int PASSES = TIMES * NOISES;

  /**
   * The loss without a prompt, and with one if prompts are given.
   *
   * @param images of the model's own size, at least one
   * @param prompts one an image, or none
   * @return L(""), and L(prompts)
   */
  double[] of(List<RgbImage> images, List<String> prompts) {
    double[] sums = new double[prompts.isEmpty() ? 1 : 2];
    for (int i = 0; i < images.size(); i++) {
      context.progress("denoising", i, images.size());
      try (NDManager manager = model.newManager();
          LatentDistribution posterior = model.encodePosteriors(List.of(images.get(i)))) {
        add(sums, manager, posterior.mean(), "", 0, i);
        if (!prompts.isEmpty()) {
          add(sums, manager, posterior.mean(), prompts.get(i), 1, i);
        }
      }
    }
    return Arrays.stream(sums).map(sum -> sum / (images.size() * (double) PASSES)).toArray();
  }

  private void add(
      double[] sums, NDManager manager, NDArray latents, String prompt, int place, int image) {
    try (TextCondition one = model.encodePrompts(List.of(model.tokenize(prompt)));
        TextCondition condition = one.repeat(NOISES);
        NDArray repeated = latents.repeat(0, NOISES)) {
      for (int time = 0; time < TIMES; time++) {
        context.checkCancelled();
        Shape shape = repeated.getShape();
        float[] noise =
            model.noise(seed + (long) image * TIMES + time).normal(Math.toIntExact(shape.size()));
        try (NDArray epsilon = manager.create(noise, shape)) {
          sums[place] += NOISES * of(repeated, epsilon, FIRST + EVERY * time, condition);
        }
      }
    }
  }

  /** The mean of one batch. */
  private double of(NDArray latents, NDArray noise, int timestep, TextCondition condition) {
    int[] timesteps = new int[NOISES];
    Arrays.fill(timesteps, timestep);
    double[] same = Arrays.stream(timesteps).asDoubleStream().toArray();
    try (NDArray noisy = model.noiseSchedule().addNoise(latents, noise, timesteps);
        NDArray prediction = model.predict(noisy, same, condition, AttentionHooks.NONE);
        NDArray predictedNoise = noise(prediction, noisy, timestep);
        NDArray difference = predictedNoise.sub(noise);
        NDArray square = difference.square();
        NDArray mean = square.mean()) {
      return mean.getFloat();
    }
  }

  /** ε of a prediction: v = √ᾱ·ε - √(1-ᾱ)·x₀ and x_t = √ᾱ·x₀ + √(1-ᾱ)·ε, solved for ε. */
  private NDArray noise(NDArray prediction, NDArray noisy, int timestep) {
    double kept = Math.sqrt(model.noiseSchedule().alphasCumprod()[timestep]);
    double noise = Math.sqrt(1 - kept * kept);
    return switch (model.noiseSchedule().predictionType()) {
      case EPSILON -> prediction.duplicate();
      case V_PREDICTION -> sum(prediction, kept, noisy, noise);
      case SAMPLE -> sum(noisy, 1 / noise, prediction, -kept / noise);
    };
  }

  private static NDArray sum(NDArray a, double timesA, NDArray b, double timesB) {
    try (NDArray left = a.mul(timesA);
        NDArray right = b.mul(timesB)) {
      return left.add(right);
    }
  }
}
