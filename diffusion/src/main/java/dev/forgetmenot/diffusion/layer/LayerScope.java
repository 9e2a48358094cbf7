package dev.forgetmenot.diffusion.layer;

import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.weights.Weight;
import dev.forgetmenot.diffusion.weights.WeightSource;

/**
 * Where a layer is built: the names of its weights begin with the path.
 *
 * @param path diffusers' module name, empty for the model itself
 * @param weights gives the cells
 * @param ops the operators; null where only shapes are wanted
 */
public record LayerScope(String path, WeightSource weights, Ops ops) {
  /** The scope of a model. */
  public static LayerScope root(WeightSource weights, Ops ops) {
    return new LayerScope("", weights, ops);
  }

  /** The scope of a part, such as {@code resnets.0}. */
  public LayerScope in(String child) {
    return new LayerScope(path.isEmpty() ? child : path + "." + child, weights, ops);
  }

  /** A weight of the layer itself. */
  public Weight weight(String name, long... shape) {
    return weights.weight(path.isEmpty() ? name : path + "." + name, shape);
  }
}
