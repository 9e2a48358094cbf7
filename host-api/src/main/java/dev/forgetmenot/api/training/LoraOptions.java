package dev.forgetmenot.api.training;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.Rows;
import java.util.Arrays;
import java.util.Optional;

/**
 * Low-rank adapters (Hu et al., "LoRA", arXiv 2106.09685) that are trained in place of weights: W +
 * alpha / rank · up · down. At first down is uniform in ±1/√inputs, and up is 0. Where down is
 * given, it stays as it is and up alone is trained: the layer then changes only as far as its input
 * has a part along the rows of down.
 *
 * @param rank r, at least 1
 * @param alpha above 0
 * @param seed of down
 * @param down (r, in), the same for all weights that get an adapter; empty to train it too
 */
public record LoraOptions(int rank, double alpha, long seed, Optional<Rows> down) {
  /** Checks the numbers. */
  public LoraOptions {
    if (rank < 1 || !(alpha > 0)) {
      throw new IllegalArgumentException(
          "an adapter's rank is 1 or more and its alpha above 0, not " + rank + " and " + alpha);
    }
    if (down.isPresent() && down.get().count() != rank) {
      throw new IllegalArgumentException(
          "an adapter of rank " + rank + " reads as many rows, not " + down.get().count());
    }
  }

  /** Both factors are trained. */
  public LoraOptions(int rank, double alpha, long seed) {
    this(rank, alpha, seed, Optional.empty());
  }

  /** What is added is up · down with this down; up alone is trained. */
  public static LoraOptions reading(Rows down) {
    return new LoraOptions(down.count(), down.count(), 0, Optional.of(down));
  }

  /** Equal for equal options, so that a stopped training knows its own. */
  @Override
  public String toString() {
    return Message.of(
        "AdapterOptions[rank=%s, alpha=%s, seed=%s%s]",
        rank,
        alpha,
        seed,
        down.map(rows -> ", down=" + Integer.toHexString(Arrays.hashCode(rows.values())))
            .orElse(""));
  }
}
