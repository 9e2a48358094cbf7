package dev.forgetmenot.api.training;

/**
 * Low-rank adapters (Hu et al., "LoRA", arXiv 2106.09685) that are trained in place of weights: W +
 * alpha / rank · up · down. At first down is uniform in ±1/√inputs, and up is 0.
 *
 * @param rank r, at least 1
 * @param alpha above 0
 * @param seed of down
 */
public record AdapterOptions(int rank, double alpha, long seed) {
  /** Checks the numbers. */
  public AdapterOptions {
    if (rank < 1 || !(alpha > 0)) {
      throw new IllegalArgumentException(
          "an adapter's rank is 1 or more and its alpha above 0, not " + rank + " and " + alpha);
    }
  }
}
