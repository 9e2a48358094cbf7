package dev.forgetmenot.api.attention;

import ai.djl.ndarray.NDArray;

/** Changes the probabilities of chosen attention layers. Called on the engine thread. */
public interface AttentionModifier {
  /** Whether this modifier changes the layer; asked once for each forward. */
  boolean modifies(AttentionLayer site);

  /**
   * Returns the probabilities to use instead.
   *
   * @param site the layer
   * @param probabilities (b·h, p, n), batch-major; the host closes it
   * @return an array of the same shape, either the given one or a new one, which the host closes
   */
  NDArray modify(AttentionLayer site, NDArray probabilities);
}
