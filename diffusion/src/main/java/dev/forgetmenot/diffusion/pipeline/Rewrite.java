package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.weights.Weight;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Changes many weights of a model, all or none: the arrays that were there before stay until {@link
 * #commit}, so that at most twice what is changed is held, and {@link #close} without a commit puts
 * the very same arrays back. For the engine thread.
 */
final class Rewrite implements AutoCloseable {
  private final ModelWeights weights;
  private final Map<String, Weight.State> before = new LinkedHashMap<>();

  Rewrite(ModelWeights weights) {
    this.weights = weights;
  }

  /** Puts other values in place. */
  void replace(String name, float[] values, Optional<String> origin) {
    put(name, new Weight.State(weights.array(name, values), true, origin));
  }

  /** Puts the base's values back. */
  void restore(String name) {
    put(name, new Weight.State(weights.baseArray(name), false, Optional.empty()));
  }

  private void put(String name, Weight.State next) {
    Weight.State old;
    try {
      old = weights.cell(name).exchange(next);
    } catch (IllegalArgumentException e) {
      next.array().close();
      throw e;
    }
    if (before.putIfAbsent(name, old) != null) {
      old.array().close(); // of this rewrite, and replaced again
    }
  }

  /** Keeps what was put. */
  void commit() {
    before.values().forEach(state -> state.array().close());
    before.clear();
  }

  @Override
  public void close() {
    before.forEach(
        (name, state) -> {
          NDArray put = weights.cell(name).exchange(state).array();
          put.close();
        });
    before.clear();
  }
}
