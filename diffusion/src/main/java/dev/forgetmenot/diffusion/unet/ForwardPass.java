package dev.forgetmenot.diffusion.unet;

import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import java.util.List;
import java.util.Optional;

/**
 * Who looks at the attention of one pass, and where the pass may end. Layers return null when it
 * has ended.
 *
 * @param last the pass ends when this layer has shown its probabilities; empty to run to the output
 */
record ForwardPass(AttentionHooks hooks, Optional<AttentionLayer> last) {
  /** A pass to the output. */
  static ForwardPass whole(AttentionHooks hooks) {
    return new ForwardPass(hooks, Optional.empty());
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
    return new ForwardPass(hooks, last);
  }

  /** Whether the layer must form its probabilities. */
  boolean touches(AttentionLayer site) {
    return hooks.touch(site);
  }

  boolean endsAt(AttentionLayer site) {
    return last.isPresent() && last.get().equals(site);
  }
}
