package dev.forgetmenot.api.attention;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * The observers and modifiers of one forward pass. Modifiers run first, in order; observers see the
 * result.
 */
public record AttentionHooks(List<AttentionObserver> observers, List<AttentionModifier> modifiers) {
  /** No observer: every layer uses fused attention. */
  public static final AttentionHooks NONE = new AttentionHooks(List.of(), List.of());

  /** Copies the lists. */
  public AttentionHooks {
    observers = List.copyOf(observers);
    modifiers = List.copyOf(modifiers);
  }

  /** Hooks with one observer. */
  public static AttentionHooks observing(AttentionObserver observer) {
    return new AttentionHooks(List.of(observer), List.of());
  }

  /** Whether the layer must form its probabilities. */
  public boolean touch(AttentionLayer site) {
    return observers.stream().anyMatch(o -> o.watches(site))
        || modifiers.stream().anyMatch(m -> m.modifies(site));
  }

  /** Shows the probabilities of a layer, as {@link AttentionObserver#observe} has them. */
  public void observe(AttentionLayer site, NDArray probabilities) {
    for (AttentionObserver observer : observers) {
      if (observer.watches(site)) {
        observer.observe(site, probabilities);
      }
    }
  }
}
