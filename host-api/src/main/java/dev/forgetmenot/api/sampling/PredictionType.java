package dev.forgetmenot.api.sampling;

/** What the UNet predicts. */
public enum PredictionType {
  /** The noise ε. */
  EPSILON,
  /** The velocity √ᾱ·ε − √(1−ᾱ)·x₀ (Salimans and Ho, arXiv 2202.00512). */
  V_PREDICTION,
  /** The clean sample x₀. */
  SAMPLE
}
