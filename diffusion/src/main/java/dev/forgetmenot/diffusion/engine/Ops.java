package dev.forgetmenot.diffusion.engine;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * Operators that DJL lacks or composes of several calls. All differentiate. Results belong to the
 * manager of the first argument; the caller closes them. For the engine thread.
 */
public interface Ops extends AutoCloseable {
  /**
   * Group normalisation (Wu and He, arXiv 1803.08494) with a scale and shift for each channel.
   *
   * @param x (b, c, ...)
   * @param groups divides c
   * @param weight (c)
   * @param bias (c)
   * @param eps added to the variance
   * @return like x
   */
  NDArray groupNorm(NDArray x, int groups, NDArray weight, NDArray bias, double eps);

  /** {@link #silu} of {@link #groupNorm}. */
  NDArray groupNormSilu(NDArray x, int groups, NDArray weight, NDArray bias, double eps);

  /** x · sigmoid(x), any shape. */
  NDArray silu(NDArray x);

  /** x · Φ(x) with the normal distribution's Φ, any shape. */
  NDArray gelu(NDArray x);

  /** x · sigmoid(1.702 x), any shape. */
  NDArray quickGelu(NDArray x);

  /** a · gelu(b), where a and b are the halves of the last axis: (..., 2d) to (..., d). */
  NDArray geglu(NDArray x);

  /**
   * softmax(q kᵀ / √(d/h)) v for each head.
   *
   * @param q (b, p, d)
   * @param k (b, n, d)
   * @param v (b, n, d)
   * @param heads h, divides d
   * @param causal whether query i sees only keys 0..i
   * @return (b, p, d)
   */
  NDArray attention(NDArray q, NDArray k, NDArray v, int heads, boolean causal);

  /** Nearest-neighbour resizing of (b, c, ·, ·) to (b, c, height, width). */
  NDArray resizeNearest(NDArray x, long height, long width);

  /**
   * One step of AdamW in place, rounded as PyTorch rounds it. Only while no graph is recorded.
   *
   * @param p the parameter, any shape; changed
   * @param g its gradient, of the same shape
   * @param m its first moment, of the same shape; changed
   * @param v its second moment, of the same shape; changed
   */
  void adamW(NDArray p, NDArray g, NDArray m, NDArray v, AdamWStep step);

  /**
   * Copies elements into a dense array, converted to its type: widened exactly, or rounded to the
   * nearest, ties to even.
   *
   * @param target any shape, FLOAT32 or FLOAT16; changed
   * @param first the first element that is written, row-major
   * @param source a row of elements, FLOAT32 or FLOAT16
   * @param count how many of them, from the first on
   */
  void put(NDArray target, long first, NDArray source, long count);

  /**
   * The products of packed weights, while layers should use them: not while a graph is recorded,
   * and not while a training is open. Empty where all is computed in plain FLOAT32.
   */
  default Optional<PackedOps> packed() {
    return Optional.empty();
  }

  /** Says that a training begins or ends: {@link #packed} is empty while one is open. */
  default void training(boolean open) {}

  /** The products of a training whose options ask for BFLOAT16; empty at all other times. */
  default Optional<MixedOps> mixed() {
    return Optional.empty();
  }

  /** Says that a training of such products begins or ends: {@link #mixed} is there in between. */
  default void mixed(boolean open) {}

  /**
   * Says how the passes of the loss that is made now run.
   *
   * @param checkpointing in whose segments, or null to keep all activations
   */
  default void checkpointing(GradientCheckpointing checkpointing) {}

  /** In whose segments a pass that begins now runs; empty to keep all activations, or none. */
  default Optional<GradientCheckpointing> checkpointing() {
    return Optional.empty();
  }

  /** The values as FLOAT32; x itself where all is computed so. */
  default NDArray float32(NDArray x) {
    return packed().map(ops -> ops.float32(x)).orElse(x);
  }

  /** Two feature maps one after the other: (b, c, h, w) and (b, d, h, w) to (b, c + d, h, w). */
  default NDArray concat(NDArray x, NDArray y) {
    return packed().map(ops -> ops.concat(x, y)).orElseGet(() -> x.concat(y, 1));
  }

  @Override
  void close();
}
