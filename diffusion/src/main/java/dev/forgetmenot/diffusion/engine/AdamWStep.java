package dev.forgetmenot.diffusion.engine;

/**
 * The numbers of one step of AdamW: p ← keep·p, m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p −
 * size · m / (√v / correction + ε).
 *
 * @param learningRate 0 or more
 * @param weightDecay 0 or more
 * @param beta1 decay of the first moment m
 * @param beta2 decay of the second moment v
 * @param epsilon ε
 * @param t number of the step, from 1
 */
public record AdamWStep(
    double learningRate, double weightDecay, double beta1, double beta2, double epsilon, int t) {
  /** 1 − learning rate · weight decay. */
  public double keep() {
    return 1 - learningRate * weightDecay;
  }

  /** √(1 − β₂ᵗ). */
  public double correction() {
    return Math.sqrt(1 - Math.pow(beta2, t));
  }

  /** Learning rate / (1 − β₁ᵗ). */
  public double size() {
    return learningRate / (1 - Math.pow(beta1, t));
  }
}
