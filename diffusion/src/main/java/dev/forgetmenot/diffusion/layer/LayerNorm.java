package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.weights.ModelParameter;

/** Layer normalisation of the last axis. */
public final class LayerNorm {
  private final Shape shape;
  private final float eps;
  private final ModelParameter weight; // (d)
  private final ModelParameter bias; // (d)

  /** A norm of {@code width} numbers. */
  public LayerNorm(ModulePath scope, long width, double eps) {
    shape = new Shape(width);
    this.eps = (float) eps;
    weight = scope.weight("weight", width);
    bias = scope.weight("bias", width);
  }

  /** (..., d) to the same. */
  public NDArray forward(NDArray x) {
    return ai.djl.nn.norm.LayerNorm.layerNorm(x, shape, weight.array(), bias.array(), eps)
        .singletonOrThrow();
  }
}
