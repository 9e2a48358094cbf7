package dev.forgetmenot.api.sampling;

/** A stream of standard normal numbers, equal to PyTorch's CPU generator for the same seed. */
public interface NoiseSource {
  /**
   * Draws numbers as {@code torch.randn(shape, generator=g)} does in one call; the count matters,
   * since PyTorch draws 16 and more numbers in another order than fewer.
   *
   * @param count how many, at least 1
   * @return {@code count} numbers in row-major order
   */
  float[] normal(int count);
}
