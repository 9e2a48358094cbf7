package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.weights.ModelParameter;

/** A square convolution. */
public final class Conv2d {
  private static final Shape ONE = new Shape(1, 1);
  private static final Shape NONE = new Shape(0, 0);

  private final ModelParameter weight; // (out, in, kernel, kernel)
  private final ModelParameter bias; // (out), or null
  private final Shape stride;
  private final Shape padding;

  private Conv2d(ModelParameter weight, ModelParameter bias, int stride, int padding) {
    this.weight = weight;
    this.bias = bias;
    this.stride = new Shape(stride, stride);
    this.padding = new Shape(padding, padding);
  }

  /** A convolution with bias. */
  public static Conv2d of(
      ModulePath scope, long in, long out, int kernel, int stride, int padding) {
    return new Conv2d(
        scope.weight("weight", out, in, kernel, kernel),
        scope.weight("bias", out),
        stride,
        padding);
  }

  /** A convolution of patches without bias and overlap. */
  public static Conv2d patches(ModulePath scope, long in, long out, int size) {
    return new Conv2d(scope.weight("weight", out, in, size, size), null, size, 0);
  }

  /** A convolution that keeps height and width; the kernel is odd. */
  public static Conv2d same(ModulePath scope, long in, long out, int kernel) {
    return of(scope, in, out, kernel, 1, (kernel - 1) / 2);
  }

  /** (b, in, h, w) to (b, out, h', w') with h' = ⌊(h + 2·padding − kernel) / stride⌋ + 1. */
  public NDArray forward(NDArray x) {
    NDArray y;
    try (ModelParameter.Use w = weight.use()) {
      y = conv(x, w.array(), bias == null ? null : bias.array(), stride, padding);
    }
    return LoraLayer.add(
        x,
        y,
        weight,
        (in, down) -> conv(in, down, null, stride, padding),
        (in, up) -> conv(in, up, null, ONE, NONE));
  }

  private static NDArray conv(NDArray x, NDArray w, NDArray b, Shape stride, Shape padding) {
    return ai.djl.nn.convolutional.Conv2d.conv2d(x, w, b, stride, padding, ONE, 1)
        .singletonOrThrow();
  }
}
