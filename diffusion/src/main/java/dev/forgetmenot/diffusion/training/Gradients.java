package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Handles of the gradients of some weights; each call of the engine makes new ones on the weights'
 * manager, which must be closed. The gradients themselves stay with their weights.
 */
record Gradients(List<NDArray> arrays) implements AutoCloseable {
  /** The gradients, in the order of the weights; zeros where there is none. */
  static Gradients of(Collection<ModelParameter> weights) {
    List<NDArray> arrays = new ArrayList<>();
    for (ModelParameter weight : weights) {
      arrays.add(weight.array().getGradient());
    }
    return new Gradients(arrays);
  }

  @Override
  public void close() {
    arrays.forEach(NDArray::close);
  }
}
