package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.safetensors.DType;

/** How the weights of a model are held in memory. What is computed with them is FLOAT32. */
public enum WeightPrecision {
  /** FLOAT32, whatever the files store. */
  F32,
  /**
   * Matrices and kernels in 16 bits: F16 and BF16 as they are stored, F32 rounded to F16. Biases
   * and norms, which are small, in FLOAT32. Weights that a patch changes or training trains are
   * FLOAT32.
   */
  HALF;

  /** How a weight is held. */
  DType kept(DType stored, Shape shape) {
    if (this == F32 || shape.dimension() < 2) {
      return DType.F32;
    }
    return switch (stored) {
      case F16, BF16 -> stored;
      case F32 -> DType.F16;
      default -> DType.F32;
    };
  }

  /** Whether a weight has the very values that are stored. */
  boolean exact(DType stored, Shape shape) {
    return stored != DType.F32 || kept(stored, shape) == DType.F32;
  }
}
