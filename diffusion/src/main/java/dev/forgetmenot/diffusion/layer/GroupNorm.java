package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.weights.ModelParameter;

/** Group normalisation, with or without SiLU after it. */
public final class GroupNorm {
  private final Ops ops;
  private final int groups;
  private final double eps;
  private final ModelParameter weight; // (c)
  private final ModelParameter bias; // (c)

  /** A norm of {@code channels}, which {@code groups} must divide. */
  public GroupNorm(ModulePath scope, long channels, int groups, double eps) {
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          scope.path() + ": " + groups + " groups do not divide " + channels + " channels");
    }
    ops = scope.ops();
    this.groups = groups;
    this.eps = eps;
    weight = scope.weight("weight", channels);
    bias = scope.weight("bias", channels);
  }

  /** (b, c, ...) to the same. */
  public NDArray forward(NDArray x) {
    return ops.groupNorm(x, groups, weight.array(), bias.array(), eps);
  }

  /** The norm and SiLU of it; (b, c, ...) to the same. */
  public NDArray silu(NDArray x) {
    return ops.groupNormSilu(x, groups, weight.array(), bias.array(), eps);
  }
}
