package dev.forgetmenot.kit.inversion;

import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.training.TrainingOptions;

/**
 * Draws the lengths of rows towards one that the text encoder is used to, after each step:
 *
 * <pre>row ← row/|row| · (|row| + min(1, 100·lr) · (target − |row|))</pre>
 *
 * @param target a length, above 0
 */
public record NormDecay(double target) {
  /** The length that suits the published models. */
  static final double USUAL = 0.4;

  /** How far a vocabulary's mean length may be from the usual one, as a share of it. */
  private static final double NEAR = 0.25;

  /** The target for a vocabulary: the usual one, or its own mean length when that is far off. */
  static NormDecay ofVocabulary(double meanNorm) {
    boolean near = Math.abs(meanNorm - USUAL) <= NEAR * USUAL;
    return new NormDecay(near ? USUAL : meanNorm);
  }

  /**
   * Applies the decay to the rows of new tokens after a step. For the engine thread.
   *
   * @param options of the training, which say the step's learning rate
   * @param step number of the step, from 1
   */
  void apply(AddedTokens tokens, TrainingOptions options, int step) {
    double rate = options.learningRate() * options.schedule().factor(step - 1);
    tokens.set(apply(tokens.vectors(), rate));
  }

  /** The rows after the decay; a row of zeros stays. */
  public float[][] apply(float[][] rows, double learningRate) {
    double share = Math.min(1, 100 * learningRate);
    float[][] result = new float[rows.length][];
    for (int k = 0; k < rows.length; k++) {
      double square = 0;
      for (float value : rows[k]) {
        square += (double) value * value;
      }
      double norm = Math.sqrt(square);
      double factor = norm == 0 ? 1 : (norm + share * (target - norm)) / norm;
      result[k] = new float[rows[k].length];
      for (int i = 0; i < result[k].length; i++) {
        result[k][i] = (float) (rows[k][i] * factor);
      }
    }
    return result;
  }
}
