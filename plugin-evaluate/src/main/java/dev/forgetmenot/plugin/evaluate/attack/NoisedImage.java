package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.PredictionType;

/**
 * An image's latents x₀ on their way into noise.
 *
 * @param clean x₀, (c, h, w) row by row, times the scaling factor
 * @param kept ᾱ of each timestep
 * @param predicted what the model predicts
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record NoisedImage(float[] clean, double[] kept, PredictionType predicted) {
  static NoisedImage of(float[] clean, NoiseSchedule schedule) {
    return new NoisedImage(clean, schedule.alphasCumprod(), schedule.predictionType());
  }

  /** √ᾱ·x₀ + √(1−ᾱ)·ε. */
  float[] at(int timestep, float[] noise) {
    return sum(Math.sqrt(kept[timestep]), Math.sqrt(1 - kept[timestep]), noise);
  }

  /** What the model should say: ε, or √ᾱ·ε − √(1−ᾱ)·x₀, or x₀. */
  float[] target(int timestep, float[] noise) {
    return switch (predicted) {
      case EPSILON -> noise;
      case V_PREDICTION -> sum(-Math.sqrt(1 - kept[timestep]), Math.sqrt(kept[timestep]), noise);
      case SAMPLE -> clean;
    };
  }

  private float[] sum(double timesClean, double timesNoise, float[] noise) {
    float[] sum = new float[clean.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = (float) (timesClean * clean[i] + timesNoise * noise[i]);
    }
    return sum;
  }
}
