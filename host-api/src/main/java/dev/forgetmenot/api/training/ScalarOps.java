package dev.forgetmenot.api.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * Multiplication by a number that a graph can keep.
 *
 * <p>{@code x.mul(number)} wraps the number in an array over a Java buffer and drops the buffer
 * when it returns; a graph that recorded the product still reads it in backward, after the garbage
 * collector may have freed it. Here the factor lives in memory of the engine's own.
 */
public final class ScalarOps {
  private ScalarOps() {}

  /**
   * x · factor.
   *
   * @param x any shape, float32
   * @return like x, of its manager; the caller closes it
   */
  public static NDArray by(NDArray x, double factor) {
    try (NDArray wrapped = x.getManager().create(new float[] {(float) factor}, new Shape());
        NDArray own = wrapped.duplicate()) {
      return x.mul(own);
    }
  }
}
