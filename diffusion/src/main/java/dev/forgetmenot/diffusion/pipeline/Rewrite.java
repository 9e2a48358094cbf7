package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.diffusion.weights.Weight;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Changes many weights of a model, all or none. What was changed before stays until {@link
 * #commit}; the base's values do not, since they can be read again: twice as much is held only of
 * what was changed already. {@link #close} without a commit puts everything back. For the engine
 * thread.
 */
final class Rewrite implements AutoCloseable {
  private final ModelWeights weights;
  private final Map<String, Weight.State> before = new LinkedHashMap<>();

  Rewrite(ModelWeights weights) {
    this.weights = weights;
  }

  /** Puts other values in place. */
  void replace(String name, float[] values, Optional<String> origin) {
    put(name, weights.replaced(name, values, origin));
  }

  /** Puts the base's values back. */
  void restore(String name) {
    put(name, Weight.State.BASE);
  }

  private void put(String name, Weight.State next) {
    Weight.State old = weights.cell(name).exchange(next);
    if (before.containsKey(name)) {
      old.close(); // of this rewrite, and replaced again
    } else if (old.changed()) {
      before.put(name, old);
    } else {
      old.close();
      before.put(name, Weight.State.BASE);
    }
  }

  /** Keeps what was put. */
  void commit() {
    before.values().forEach(Weight.State::close);
    before.clear();
  }

  @Override
  public void close() {
    before.forEach((name, state) -> weights.cell(name).exchange(state).close());
    before.clear();
  }
}
