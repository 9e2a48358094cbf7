package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.training.ScalarOps;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.function.BiFunction;

/** Adds what a weight's adapter says to what the weight says. */
final class LoraLayer {
  private LoraLayer() {}

  /**
   * y, or y + scale · up(down(x)) where the weight has an adapter.
   *
   * @param y of the weight alone; closed if it is not the result
   * @param down applies the layer's operation with another weight
   * @param up maps the rank to the outputs
   */
  static NDArray add(
      NDArray x,
      NDArray y,
      ModelParameter weight,
      BiFunction<NDArray, NDArray, NDArray> down,
      BiFunction<NDArray, NDArray, NDArray> up) {
    return weight
        .adapter()
        .map(
            adapter -> {
              try (y;
                  NDArray narrow = down.apply(x, adapter.down().array());
                  NDArray wide = up.apply(narrow, adapter.up().array());
                  NDArray scaled = ScalarOps.by(wide, adapter.scale())) {
                return y.add(scaled);
              }
            })
        .orElse(y);
  }
}
