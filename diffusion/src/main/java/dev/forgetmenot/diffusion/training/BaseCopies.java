package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.diffusion.weights.Weight;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Weights as they were once, to be put under the model for a while. For the engine thread. */
final class BaseCopies {
  private final Map<Weight, NDArray> copies = new LinkedHashMap<>();

  /**
   * Copies weights.
   *
   * @param manager where the copies live and end
   */
  BaseCopies(NDManager manager, Collection<Weight> cells) {
    for (Weight cell : cells) {
      NDArray copy = cell.array().duplicate();
      copy.attach(manager);
      copies.put(cell, copy);
    }
  }

  /** Does work with the copies in place; afterwards the weights are as they were before it. */
  <T> T during(Supplier<T> work) {
    exchange();
    try {
      return work.get();
    } finally {
      exchange();
    }
  }

  private void exchange() {
    copies.replaceAll(Weight::swap);
  }
}
