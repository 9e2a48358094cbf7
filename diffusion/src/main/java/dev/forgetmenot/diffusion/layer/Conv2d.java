package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.MixedOps;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.PackedOps;
import dev.forgetmenot.diffusion.engine.ProductForm;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.Optional;

/** A square convolution. */
public final class Conv2d {
  private static final Shape ONE = new Shape(1, 1);
  private static final Shape NONE = new Shape(0, 0);

  private final ModelParameter weight; // (out, in, kernel, kernel)
  private final ModelParameter bias; // (out), or null
  private final Shape stride;
  private final Shape padding;

  private final Ops ops;
  private final boolean exact; // in FLOAT32 always

  private Conv2d(
      Ops ops, ModelParameter weight, ModelParameter bias, int stride, int padding, boolean exact) {
    this.ops = ops;
    this.exact = exact;
    this.weight = weight;
    this.bias = bias;
    this.stride = new Shape(stride, stride);
    this.padding = new Shape(padding, padding);
  }

  /** A convolution with bias. */
  public static Conv2d of(
      ModulePath scope, long in, long out, int kernel, int stride, int padding) {
    return of(scope, in, out, kernel, stride, padding, false);
  }

  private static Conv2d of(
      ModulePath scope, long in, long out, int kernel, int stride, int padding, boolean exact) {
    return new Conv2d(
        scope.ops(),
        scope.weight("weight", out, in, kernel, kernel),
        scope.weight("bias", out),
        stride,
        padding,
        exact);
  }

  /** A convolution of patches without bias and overlap. */
  public static Conv2d patches(ModulePath scope, long in, long out, int size) {
    return new Conv2d(
        scope.ops(), scope.weight("weight", out, in, size, size), null, size, 0, true);
  }

  /** A convolution that keeps height and width; the kernel is odd. */
  public static Conv2d same(ModulePath scope, long in, long out, int kernel) {
    return of(scope, in, out, kernel, 1, (kernel - 1) / 2);
  }

  /** The same at an end of a network: computed in FLOAT32 always. */
  public static Conv2d exact(ModulePath scope, long in, long out, int kernel) {
    return of(scope, in, out, kernel, 1, (kernel - 1) / 2, true);
  }

  /** (b, in, h, w) to (b, out, h', w') with h' = ⌊(h + 2·padding − kernel) / stride⌋ + 1. */
  public NDArray forward(NDArray x) {
    Optional<PackedOps> packed = ops.packed();
    if (packed.isEmpty()) {
      return plain(x);
    }
    return exact
        ? LayerChain.from(x).then(packed.get()::float32).then(this::plain).get()
        : packed(x, packed.get());
  }

  private NDArray packed(NDArray x, PackedOps products) {
    long s = stride.get(0);
    long p = padding.get(0);
    NDArray b = bias.array();
    ProductForm form = products.formOf(x, weight.shape(), weight::readOnce, b, s, p);
    try (ModelParameter.Use w =
        form == ProductForm.PACKED
            ? weight.packed(values -> products.packKernel(values, x, s, p))
            : weight.use()) {
      return products.conv2d(form, x, w.array(), b, s, p);
    }
  }

  private NDArray plain(NDArray x) {
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

  private NDArray conv(NDArray x, NDArray w, NDArray b, Shape by, Shape around) {
    Optional<MixedOps> mixed = exact ? Optional.empty() : ops.mixed();
    if (mixed.isPresent()) {
      return mixed.get().conv2d(x, w, b, by.get(0), around.get(0));
    }
    return ai.djl.nn.convolutional.Conv2d.conv2d(x, w, b, by, around, ONE, 1).singletonOrThrow();
  }
}
