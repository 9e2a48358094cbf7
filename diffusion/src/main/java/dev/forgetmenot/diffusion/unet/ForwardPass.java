package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.List;
import java.util.Optional;

/**
 * Who looks at the attention of one pass, what it takes from an earlier one, and where it may end.
 * Layers return null when it has ended.
 *
 * @param last the pass ends when this layer has shown its probabilities; empty to run to the output
 * @param fixed keeps what layers make of the context; empty where nothing is kept
 * @param features in place of what lies deeper, and where it is kept
 */
record ForwardPass(
    AttentionHooks hooks,
    Optional<AttentionLayer> last,
    Optional<FixedInputs> fixed,
    DeepFeatures features) {
  /** A pass to the output that keeps nothing. */
  static ForwardPass whole(AttentionHooks hooks) {
    return new ForwardPass(hooks, Optional.empty(), Optional.empty(), DeepFeatures.none());
  }

  /**
   * A pass to the last layer that has an observer.
   *
   * @throws IllegalArgumentException if no layer has an observer
   */
  static ForwardPass watched(AttentionHooks hooks, List<AttentionLayer> sites) {
    Optional<AttentionLayer> last = Optional.empty();
    for (AttentionLayer site : sites) {
      if (hooks.observers().stream().anyMatch(observer -> observer.watches(site))) {
        last = Optional.of(site);
      }
    }
    if (last.isEmpty()) {
      throw new IllegalArgumentException("no observer watches any attention layer");
    }
    return new ForwardPass(hooks, last, Optional.empty(), DeepFeatures.none());
  }

  /** A layer's output for the context, or for anything else. */
  ModelParameter.Use linear(Linear layer, NDArray x) {
    return fixed
        .map(inputs -> inputs.linear(layer, x))
        .orElseGet(() -> new ModelParameter.Use(layer.forward(x), true));
  }

  /** Whether the layer must form its probabilities. */
  boolean touches(AttentionLayer site) {
    return hooks.touch(site);
  }

  boolean endsAt(AttentionLayer site) {
    return last.isPresent() && last.get().equals(site);
  }
}
