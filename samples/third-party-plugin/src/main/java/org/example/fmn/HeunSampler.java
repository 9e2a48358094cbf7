package org.example.fmn;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;

/**
 * Heun's method (Karras et al., arXiv 2206.00364, algorithm 1 without churn): an Euler step from
 * σᵢ to σᵢ₊₁, then the mean of both slopes; the last step, to σ = 0, is Euler's alone. Calls of the
 * model: 2·steps − 1.
 */
final class HeunSampler implements Sampler {
  private final double[] sigmas; // σ of call i, and of what it steps to; 2·steps of them
  private final double[] timesteps;
  private NDArray slope; // of the Euler half that waits for its second half
  private NDArray from;

  HeunSampler(double[] trained, int steps) {
    sigmas = new double[2 * steps];
    timesteps = new double[2 * steps - 1];
    for (int i = 0; i < steps; i++) {
      double t = (trained.length - 1) * (steps == 1 ? 1 : 1 - (double) i / (steps - 1));
      int below = (int) t;
      int above = Math.min(below + 1, trained.length - 1);
      double sigma = trained[below] + (t - below) * (trained[above] - trained[below]);
      for (int call = Math.max(0, 2 * i - 1); call <= 2 * i; call++) {
        sigmas[call] = sigma;
        timesteps[call] = t;
      }
    }
  }

  @Override
  public double[] timesteps() {
    return timesteps.clone();
  }

  @Override
  public double initNoiseSigma() {
    return sigmas[0];
  }

  @Override
  public NDArray scaleModelInput(NDArray sample, int index) {
    return sample.div((float) Math.sqrt(sigmas[index] * sigmas[index] + 1));
  }

  @Override
  public NDArray step(NDArray modelOutput, int index, NDArray sample, NoiseSource noise) {
    if (index % 2 == 0) {
      if (index + 1 < timesteps.length) {
        slope = modelOutput.duplicate();
        from = sample.duplicate();
      }
      return along(sample, modelOutput, sigmas[index + 1] - sigmas[index]);
    }
    try (NDArray sum = slope.add(modelOutput);
        NDArray mean = sum.mul(0.5f)) {
      return along(from, mean, sigmas[index] - sigmas[index - 1]);
    } finally {
      close();
    }
  }

  private static NDArray along(NDArray sample, NDArray slope, double distance) {
    try (NDArray way = slope.mul((float) distance)) {
      return sample.add(way);
    }
  }

  @Override
  public void close() {
    if (slope != null) {
      slope.close();
      from.close();
      slope = null;
      from = null;
    }
  }
}
