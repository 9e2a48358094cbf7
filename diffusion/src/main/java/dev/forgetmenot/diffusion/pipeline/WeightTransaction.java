package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Changes many weights of a model, all or none. What was changed before stays until {@link
 * #commit}; the base's values do not, since they can be read again: twice as much is held only of
 * what was changed already. {@link #close} without a commit puts everything back. For the engine
 * thread.
 */
final class WeightTransaction implements AutoCloseable {
  private final ModelWeights weights;
  private final Map<String, ModelParameter.State> before = new LinkedHashMap<>();

  WeightTransaction(ModelWeights weights) {
    this.weights = weights;
  }

  /** Puts other values in place. */
  void replace(String name, float[] values, Optional<String> origin) {
    put(name, weights.replaced(name, values, origin));
  }

  /** Puts the base's values back. */
  void restore(String name) {
    put(name, ModelParameter.State.BASE);
  }

  private void put(String name, ModelParameter.State next) {
    ModelParameter.State old = weights.parameter(name).exchange(next);
    if (before.containsKey(name)) {
      old.close(); // of this rewrite, and replaced again
    } else if (old.changed()) {
      before.put(name, old);
    } else {
      old.close();
      before.put(name, ModelParameter.State.BASE);
    }
  }

  /** Keeps what was put. */
  void commit() {
    before.values().forEach(ModelParameter.State::close);
    before.clear();
  }

  @Override
  public void close() {
    before.forEach((name, state) -> weights.parameter(name).exchange(state).close());
    before.clear();
  }
}
