package dev.forgetmenot.diffusion.engine;

import ai.djl.ndarray.NDArray;

/**
 * Products whose operands are rounded to BFLOAT16 (Micikevicius et al., "Mixed Precision Training",
 * arXiv 1710.03740; PyTorch's autocast): weights and what comes in and out are FLOAT32, and so are
 * gradients, which are rounded once on their way. All differentiate. Results belong to the manager
 * of the first argument; the caller closes them. For the engine thread.
 */
public final class MixedOps {
  private final TorchScriptOps torch;

  MixedOps(TorchScriptOps torch) {
    this.torch = torch;
  }

  /**
   * A convolution.
   *
   * @param x (b, in, h, w)
   * @param kernel (out, in, k, k)
   * @param bias (out), or null
   */
  public NDArray conv2d(NDArray x, NDArray kernel, NDArray bias, long stride, long padding) {
    NDArray s = torch.integer(stride);
    NDArray p = torch.integer(padding);
    return bias == null
        ? torch.run("mixed_filter", x, kernel, s, p)
        : torch.run("mixed_conv", x, kernel, bias, s, p);
  }

  /**
   * x Wᵀ + b on the last axis.
   *
   * @param x (..., in)
   * @param matrix (out, in)
   * @param bias (out), or null
   */
  public NDArray linear(NDArray x, NDArray matrix, NDArray bias) {
    return bias == null
        ? torch.run("mixed_product", x, matrix)
        : torch.run("mixed_linear", x, matrix, bias);
  }
}
