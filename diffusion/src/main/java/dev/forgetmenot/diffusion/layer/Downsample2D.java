package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** Halves height and width with a strided convolution. */
public final class Downsample2D {
  private static final Shape RIGHT_AND_BELOW = new Shape(0, 1, 0, 1);

  private final Conv2d conv;
  private final boolean padded;

  /**
   * A layer that keeps the channels.
   *
   * @param padding on all sides; 0 pads one row below and one column on the right instead
   */
  public Downsample2D(ModulePath scope, long channels, int padding) {
    conv = Conv2d.of(scope.in("conv"), channels, channels, 3, 2, padding);
    padded = padding != 0;
  }

  /** (b, c, h, w) to (b, c, ⌈h/2⌉, ⌈w/2⌉), rounded down instead where padding is 0. */
  public NDArray forward(NDArray x) {
    if (padded) {
      return conv.forward(x);
    }
    try (NDArray wider = x.pad(RIGHT_AND_BELOW, 0)) {
      return conv.forward(wider);
    }
  }
}
