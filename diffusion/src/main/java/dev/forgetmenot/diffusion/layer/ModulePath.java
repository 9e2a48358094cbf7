package dev.forgetmenot.diffusion.layer;

import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.diffusion.weights.ParameterSource;

/**
 * Where a layer is built: the names of its weights begin with the path.
 *
 * @param path diffusers' module name, empty for the model itself
 * @param weights gives the cells
 * @param ops the operators; null where only shapes are wanted
 */
public record ModulePath(String path, ParameterSource weights, Ops ops) {
  /** The scope of a model. */
  public static ModulePath root(ParameterSource weights, Ops ops) {
    return new ModulePath("", weights, ops);
  }

  /** The scope of a part, such as {@code resnets.0}. */
  public ModulePath in(String child) {
    return new ModulePath(path.isEmpty() ? child : path + "." + child, weights, ops);
  }

  /** A weight of the layer itself. */
  public ModelParameter weight(String name, long... shape) {
    return weights.weight(path.isEmpty() ? name : path + "." + name, shape);
  }
}
