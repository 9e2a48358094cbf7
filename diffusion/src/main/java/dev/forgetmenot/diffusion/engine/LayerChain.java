package dev.forgetmenot.diffusion.engine;

import ai.djl.ndarray.NDArray;
import java.util.function.UnaryOperator;

/**
 * An array on its way through layers: each step's input is closed as soon as its output is there.
 * (Under a gradient collector the graph keeps what it needs.) A layer that returns null ends the
 * flow: the steps after it are left out, and {@link #get} gives null. For the engine thread.
 */
public final class LayerChain {
  private NDArray head;
  private boolean owned;

  private LayerChain(NDArray head, boolean owned) {
    this.head = head;
    this.owned = owned;
  }

  /** Starts at an array that the caller closes. */
  public static LayerChain from(NDArray array) {
    return new LayerChain(array, false);
  }

  /** Starts at an array that the first step may close. */
  public static LayerChain owning(NDArray array) {
    return new LayerChain(array, true);
  }

  /** Takes a step. A layer may return its input itself. */
  public LayerChain then(UnaryOperator<NDArray> layer) {
    if (ended()) {
      return this;
    }
    NDArray next = layer.apply(head);
    if (next != head) {
      if (owned) {
        head.close();
      }
      head = next;
      owned = true;
    }
    return this;
  }

  /** Whether a layer has ended the flow. */
  public boolean ended() {
    return head == null;
  }

  /** The array now at the head; null if the flow has ended. */
  public NDArray get() {
    return head;
  }
}
