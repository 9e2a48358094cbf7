package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * The clip of the global gradient norm: all gradients are seen as one long vector, which is
 * shortened when it is longer than allowed. For the engine thread.
 */
public final class GradientClip {
  private static final float EPSILON = 1e-6f; // PyTorch's

  private final float[] norms;
  private final float total;

  private GradientClip(float[] norms, float total) {
    this.norms = norms;
    this.total = total;
  }

  /**
   * Measures gradients.
   *
   * @param manager for temporary arrays
   * @param gradients of any shapes; stay as they are
   */
  public static GradientClip measure(NDManager manager, List<NDArray> gradients) {
    try (NDManager temporary = manager.newSubManager()) {
      NDList each = new NDList();
      for (NDArray gradient : gradients) {
        NDArray norm = gradient.norm();
        norm.attach(temporary);
        each.add(norm);
      }
      NDArray norms = NDArrays.stack(each);
      return new GradientClip(norms.toFloatArray(), norms.norm().getFloat());
    }
  }

  /** The norm of each gradient, in order. */
  public float norm(int index) {
    return norms[index];
  }

  /** The norm of the norms, which is the global norm; not finite when a gradient is not. */
  public double total() {
    return total;
  }

  /**
   * What the gradients are multiplied by: min(1, limit / (total + 10⁻⁶)), in float arithmetic.
   *
   * @param limit the greatest global norm that is allowed, above 0; may be infinite
   */
  public float coefficient(double limit) {
    return Math.min(1f, (float) limit / (total + EPSILON));
  }

  /** Multiplies a gradient in place by {@link #coefficient}. */
  public void shorten(NDArray gradient, double limit) {
    float coefficient = coefficient(limit);
    if (coefficient != 1) {
      gradient.muli(coefficient);
    }
  }
}
