package dev.forgetmenot.diffusion.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;

/**
 * Products of weights that are made ready once: rounded to fewer bits, put into oneDNN's own
 * layout, or both. In fewer bits they round their inputs, sum in FLOAT32 and round what comes out.
 * Arrays of BFLOAT16 travel from one operator to the next like any other, except that DJL ends the
 * process when it is asked for their element type or values: {@link #float32} comes first. None
 * differentiates. Results belong to the manager of the first argument; the caller closes them. For
 * the engine thread.
 */
public final class PackedOps {
  private final TorchScriptOps torch;
  private final ComputePrecision precision;
  private final boolean packs; // kernels in oneDNN's own layout

  PackedOps(TorchScriptOps torch, ComputePrecision precision) {
    this.torch = torch;
    this.precision = precision;
    packs = packs();
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
   * A kernel as {@link #conv2d} takes it.
   *
   * @param weight (out, in, k, k), FLOAT32
   * @param x an input of the size that the layout should be best for
   * @return opaque; of the manager of {@code weight}
   */
  public NDArray packKernel(NDArray weight, NDArray x, long stride, long padding) {
    return packs
        ? torch.run("pack_kernel", weight, x, integer(stride), integer(padding), type())
        : torch.run("convert", weight, type());
  }

  /**
   * A convolution, channels last in memory.
   *
   * @param x (b, in, h, w), of any precision
   * @param kernel what {@link #packKernel} returned
   * @param bias (out), FLOAT32
   */
  public NDArray conv2d(NDArray x, NDArray kernel, NDArray bias, long stride, long padding) {
    String method = packs ? "packed_conv" : "narrow_conv";
    return torch.run(method, x, kernel, bias, integer(stride), integer(padding), type());
  }

  /** A matrix (out, in), FLOAT32, as {@link #linear} takes it. */
  public NDArray packMatrix(NDArray weight) {
    return torch.run(packs ? "pack_matrix" : "convert", weight, type());
  }

  /**
   * x Wᵀ + b on the last axis.
   *
   * @param x (..., in), of any precision
   * @param matrix what {@link #packMatrix} returned
   * @param bias (out), FLOAT32; or null
   */
  public NDArray linear(NDArray x, NDArray matrix, NDArray bias) {
    String form = packs ? "packed_" : "narrow_";
    return bias == null
        ? torch.run(form + "product", x, matrix, type())
        : torch.run(form + "linear", x, matrix, bias, type());
  }

  /** The values as FLOAT32, of any precision before; another handle where they are already. */
  public NDArray float32(NDArray x) {
    return torch.run("convert", x, integer(ComputePrecision.F32.scalarType()));
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
