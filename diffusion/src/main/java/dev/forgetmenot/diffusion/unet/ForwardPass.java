package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.diffusion.engine.GradientCheckpointing;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who looks at the attention of one pass, what it takes from an earlier one, and where it may end.
 * Layers return null when it has ended.
 *
 * @param last the pass ends when this layer has shown its probabilities; empty to run to the output
 * @param fixed keeps what layers make of the context; empty where nothing is kept
 * @param features in place of what lies deeper, and where it is kept
 * @param checkpointing in whose segments the layers run; empty where the graph, if there is one,
 *     keeps their activations
 */
record ForwardPass(
    AttentionHooks hooks,
    Optional<AttentionLayer> last,
    Optional<FixedInputs> fixed,
    DeepFeatures features,
    Optional<GradientCheckpointing> checkpointing) {
  /** A pass to the output that keeps nothing for another. */
  static ForwardPass whole(AttentionHooks hooks, Optional<GradientCheckpointing> checkpointing) {
    return new ForwardPass(
        once(hooks, checkpointing),
        Optional.empty(),
        Optional.empty(),
        DeepFeatures.none(),
        checkpointing);
  }

  /**
   * A pass to the last layer that has an observer.
   *
   * @throws IllegalArgumentException if no layer has an observer
   */
  static ForwardPass watched(
      AttentionHooks hooks,
      List<AttentionLayer> sites,
      Optional<GradientCheckpointing> checkpointing) {
    Optional<AttentionLayer> last = Optional.empty();
    for (AttentionLayer site : sites) {
      if (hooks.observers().stream().anyMatch(observer -> observer.watches(site))) {
        last = Optional.of(site);
      }
    }
    if (last.isEmpty()) {
      throw new IllegalArgumentException("no observer watches any attention layer");
    }
    return new ForwardPass(
        once(hooks, checkpointing), last, Optional.empty(), DeepFeatures.none(), checkpointing);
  }

  /** Hooks whose observers see each layer once, though its segment runs twice. */
  private static AttentionHooks once(
      AttentionHooks hooks, Optional<GradientCheckpointing> checkpointing) {
    if (checkpointing.isEmpty() || hooks.observers().isEmpty()) {
      return hooks;
    }
    AttentionObserver all =
        new AttentionObserver() {
          @Override
          public boolean watches(AttentionLayer site) {
            return hooks.observers().stream().anyMatch(observer -> observer.watches(site));
          }

          @Override
          public void observe(AttentionLayer site, NDArray probabilities) {
            checkpointing.get().show(probabilities, seen -> hooks.observe(site, seen));
          }
        };
    return new AttentionHooks(List.of(all), hooks.modifiers());
  }

  /** What comes into the pass from outside, for {@link #segment}. */
  NDArray enter(NDArray x) {
    return checkpointing.map(segments -> segments.enter(x)).orElse(x);
  }

  /**
   * Runs layers.
   *
   * @param body makes their output of the inputs, which it leaves open; null ends the pass
   */
  NDArray segment(Function<NDArray[], NDArray> body, NDArray... inputs) {
    return checkpointing.isPresent()
        ? checkpointing.get().segment(body, inputs)
        : body.apply(inputs);
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
