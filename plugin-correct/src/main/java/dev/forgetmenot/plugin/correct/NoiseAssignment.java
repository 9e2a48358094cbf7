package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.kit.train.TrainingExamples;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Pairs noise with the instance whose images it is nearest to, so that each instance gets its
 * share: the word then learns to become what a seed's noise already leans to, where chance pairs
 * would teach it the mean of all. It is the optimal transport between normal noise and a few
 * points, the instances' mean latents, whose offsets are fitted on a sample (after minibatch
 * optimal transport, Pooladian et al., "Multisample Flow Matching", arXiv 2304.14772).
 */
final class NoiseAssignment implements TrainingExamples.Pairing {
  private static final int SAMPLE = 2048;
  private static final int ROUNDS = 300;

  private final List<float[]> directions = new ArrayList<>(); // unit, mean latents less their mean
  private final List<double[]> sampled = new ArrayList<>(); // scores of noise, for the fit
  private double[] offsets;

  /**
   * A pairing.
   *
   * @param means mean latents of each instance, at least two
   * @param shares of noise for each, above 0, of sum 1
   * @param seed of the sample
   */
  NoiseAssignment(List<float[]> means, double[] shares, long seed) {
    int n = means.get(0).length;
    for (float[] mean : means) {
      float[] direction = new float[n];
      double square = 0;
      for (int i = 0; i < n; i++) {
        double common = 0;
        for (float[] other : means) {
          common += other[i];
        }
        direction[i] = (float) (mean[i] - common / means.size());
        square += (double) direction[i] * direction[i];
      }
      for (int i = 0; i < n; i++) {
        direction[i] = (float) (direction[i] / Math.sqrt(Math.max(square, Double.MIN_NORMAL)));
      }
      directions.add(direction);
    }
    SplittableRandom random = new SplittableRandom(seed);
    for (int k = 0; k < SAMPLE; k++) {
      float[] noise = new float[n];
      for (int i = 0; i < n; i++) {
        noise[i] = (float) random.nextGaussian();
      }
      sampled.add(scores(noise));
    }
    share(shares);
  }

  /** Gives each instance another share of noise. */
  void share(double[] shares) {
    offsets = new double[directions.size()]; // the same shares give the same pairs
    for (int round = 0; round < ROUNDS; round++) {
      double[] found = new double[offsets.length];
      for (double[] scores : sampled) {
        found[best(scores)] += 1.0 / SAMPLE;
      }
      for (int i = 0; i < offsets.length; i++) {
        offsets[i] += (shares[i] - found[i]) / Math.sqrt(1 + round);
      }
    }
  }

  @Override
  public int concept(float[] noise) {
    return best(scores(noise));
  }

  private int best(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] + offsets[i] > scores[best] + offsets[best]) {
        best = i;
      }
    }
    return best;
  }

  private double[] scores(float[] noise) {
    double[] scores = new double[directions.size()];
    for (int k = 0; k < scores.length; k++) {
      float[] direction = directions.get(k);
      for (int i = 0; i < noise.length; i++) {
        scores[k] += (double) noise[i] * direction[i];
      }
    }
    return scores;
  }
}
