package dev.forgetmenot.diffusion.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Products of weights that are made ready once: rounded to fewer bits, put into oneDNN's own
 * layout, or both. In fewer bits they round their inputs, sum in FLOAT32 and round what comes out.
 * Arrays of BFLOAT16 travel from one operator to the next like any other, except that DJL ends the
 * process when it is asked for their element type or values: {@link #float32} comes first. None
 * differentiates. Results belong to the manager of the first argument; the caller closes them. For
 * the engine thread.
 */
public final class PackedOps {
  /** The first is taken where no other is clearly faster; the last is for small maps. */
  private static final List<ProductForm> FORMS = List.of(ProductForm.values());

  /** Numbers of the columns of {@link ProductForm#IM2COL} at most. */
  private static final long COLUMNS = 1L << 24;

  private final TorchScriptOps torch;
  private final ComputePrecision precision;
  private final boolean packs; // kernels in oneDNN's own layout
  private final Optional<Autotuner> tuner;

  PackedOps(TorchScriptOps torch, ComputePrecision precision, Optional<Autotuner> tuner) {
    this.torch = torch;
    this.precision = precision;
    this.tuner = tuner;
    packs = packs();
  }

  /** FLOAT32 values of a weight for as long as it is open. */
  public interface Weight extends AutoCloseable {
    /** The values; of this object. */
    NDArray array();

    @Override
    void close();
  }

  /**
   * The form to take for a convolution: {@link ProductForm#PACKED}, or with {@link
   * ComputePrecision#F32_AUTOTUNE} the fastest, which is timed where it is not known.
   *
   * @param x (b, in, h, w), an input of the layer
   * @param kernel (out, in, k, k)
   * @param weight opens the kernel's values, to time it
   * @param bias (out)
   */
  public ProductForm formOf(
      NDArray x,
      Shape kernel,
      Supplier<? extends Weight> weight,
      NDArray bias,
      long stride,
      long padding) {
    return form(
        () -> "conv2d " + x.getShape() + " * " + kernel + " / " + stride + " + " + padding,
        product -> {
          try (Weight w = weight.get();
              NDArray made = packKernel(w.array(), x, stride, padding)) {
            boolean small =
                kernel.size() / kernel.get(0) * x.size() / x.getShape().get(1) < COLUMNS;
            return tuner
                .orElseThrow()
                .fastest(
                    product,
                    small ? FORMS : FORMS.subList(0, FORMS.size() - 1),
                    form ->
                        conv2d(
                            form,
                            x,
                            form == ProductForm.PACKED ? made : w.array(),
                            bias,
                            stride,
                            padding));
          }
        });
  }

  /**
   * The same of a linear layer.
   *
   * @param x (..., in)
   * @param matrix (out, in)
   * @param bias (out), or null
   */
  public ProductForm formOf(
      NDArray x, Shape matrix, Supplier<? extends Weight> weight, NDArray bias) {
    return form(
        () -> "linear " + x.getShape() + " * " + matrix,
        product -> {
          try (Weight w = weight.get();
              NDArray made = packMatrix(w.array())) {
            return tuner
                .orElseThrow()
                .fastest(
                    product,
                    FORMS.subList(0, 2),
                    form -> linear(form, x, form == ProductForm.PACKED ? made : w.array(), bias));
          }
        });
  }

  private ProductForm form(Supplier<String> product, Function<String, ProductForm> time) {
    if (tuner.isEmpty() || !packs) {
      return ProductForm.PACKED;
    }
    String key = product.get();
    return tuner.get().known(key).orElseGet(() -> time.apply(key));
  }

  /** Whether oneDNN is there and computes in this precision on this device. */
  private boolean packs() {
    if (!torch.onCpu()) {
      return false;
    }
    try (NDArray one = torch.integer(1).duplicate();
        NDArray answer = torch.run("packs_" + precision.scalarType(), one)) {
      return answer.getLong() == 1;
    } catch (EngineException e) { // a libtorch without oneDNN
      return false;
    }
  }

  /**
   * A kernel as {@link #conv2d} takes it. oneDNN has other layouts for small maps, and puts a
   * kernel into the layout of a map anew at each use where it is in another one: the layout is for
   * maps of 8 × 8 and larger, and a kernel of one pixel, which has more layouts, is packed as the
   * matrix that it is.
   *
   * @param weight (out, in, k, k), FLOAT32
   * @param x an input of the size that the layout should be best for
   * @return opaque; of the manager of {@code weight}
   */
  public NDArray packKernel(NDArray weight, NDArray x, long stride, long padding) {
    if (!packs) {
      return torch.run("convert", weight, type());
    }
    return weight.getShape().get(2) == 1 && stride == 1 && padding == 0
        ? packMatrix(weight)
        : torch.run("pack_kernel", weight, x, integer(stride), integer(padding), type());
  }

  /**
   * A convolution, channels last in memory.
   *
   * @param form what {@link #formOf} returned
   * @param x (b, in, h, w), of any precision
   * @param kernel what {@link #packKernel} returned; for other forms than {@link
   *     ProductForm#PACKED} the values as they are
   * @param bias (out), FLOAT32
   */
  public NDArray conv2d(
      ProductForm form, NDArray x, NDArray kernel, NDArray bias, long stride, long padding) {
    if (packs && form == ProductForm.PACKED && kernel.getShape().dimension() == 2) {
      return torch.run("packed_pixels", x, kernel, bias, type());
    }
    return torch.run(
        word(form) + "_conv", x, kernel, bias, integer(stride), integer(padding), type());
  }

  private String word(ProductForm form) {
    return (packs ? form : ProductForm.PLAIN).word();
  }

  /** A matrix (out, in), FLOAT32, as {@link #linear} takes it. */
  public NDArray packMatrix(NDArray weight) {
    return torch.run(packs ? "pack_matrix" : "convert", weight, type());
  }

  /**
   * x Wᵀ + b on the last axis.
   *
   * @param form what {@link #formOf} returned
   * @param x (..., in), of any precision
   * @param matrix what {@link #packMatrix} returned; for {@link ProductForm#PLAIN} the values as
   *     they are
   * @param bias (out), FLOAT32; or null
   */
  public NDArray linear(ProductForm form, NDArray x, NDArray matrix, NDArray bias) {
    return bias == null
        ? torch.run(word(form) + "_product", x, matrix, type())
        : torch.run(word(form) + "_linear", x, matrix, bias, type());
  }

  /** The values as FLOAT32, of any precision before; another handle where they are already. */
  public NDArray float32(NDArray x) {
    return torch.run("convert", x, integer(ComputePrecision.F32.scalarType()));
  }

  /** Whether attention is quicker in this precision than in FLOAT32. */
  boolean roundsAttention() {
    return precision == ComputePrecision.BF16 && torch.onCpu();
  }

  /** Two feature maps one after the other: (b, c, h, w) and (b, d, h, w) to (b, c + d, h, w). */
  NDArray concat(NDArray x, NDArray y) {
    return torch.run("concat", x, y);
  }

  private NDArray type() {
    return integer(precision.scalarType());
  }

  private NDArray integer(long value) {
    return torch.integer(value);
  }
}
