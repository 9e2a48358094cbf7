package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.engine.Ops;

/** Nearest-neighbour resizing and a convolution. */
public final class Upsample2D {
  private final Ops ops;
  private final Conv2d conv;

  /** A layer that keeps the channels. */
  public Upsample2D(ModulePath scope, long channels) {
    ops = scope.ops();
    conv = Conv2d.same(scope.in("conv"), channels, channels, 3);
  }

  /** (b, c, h, w) to (b, c, height, width). */
  public NDArray forward(NDArray x, long height, long width) {
    try (NDArray larger = ops.resizeNearest(x, height, width)) {
      return conv.forward(larger);
    }
  }
}
