package dev.forgetmenot.api.attention;

import ai.djl.ndarray.NDArray;

/**
 * Sees the probabilities of chosen attention layers. Layers without an observer use fused attention
 * and never form their probabilities. Called on the engine thread.
 */
public interface AttentionObserver {
  /** Whether this observer wants the probabilities of the layer; asked once for each forward. */
  boolean watches(AttentionLayer site);

  /**
   * Receives the probabilities of a watched layer.
   *
   * @param site the layer
   * @param probabilities (b·h, p, n), batch-major, each row sums to 1. The host closes it when the
   *     call returns: keep a {@code duplicate()} or another result of your own. Under a gradient
   *     collector the results carry the graph.
   */
  void observe(AttentionLayer site, NDArray probabilities);
}
