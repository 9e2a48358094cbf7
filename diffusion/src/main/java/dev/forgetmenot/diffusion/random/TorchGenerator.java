package dev.forgetmenot.diffusion.random;

import dev.forgetmenot.api.sampling.NoiseSource;

/**
 * The numbers that {@code torch.randn(shape, generator=torch.Generator().manual_seed(seed))} gives
 * in float32 on a CPU: a Mersenne Twister and the Box-Muller transform (Annals of Mathematical
 * Statistics 29, 1958). One state goes on through all calls. Mutable, for one thread at a time.
 *
 * <p>PyTorch draws in two ways, which use different bits of the twister:
 *
 * <ul>
 *   <li>16 numbers and more: all uniform numbers first (24 bits each), then the transform in blocks
 *       of 16, whose halves are the pairs; when the count is not a multiple of 16, the last 16
 *       numbers are drawn anew.
 *   <li>fewer: one pair after the other from 53-bit numbers; the second of a pair waits for the
 *       next call of this kind.
 * </ul>
 *
 * <p>PyTorch's vector code computes log and cos of the first way in float32 with an error of some
 * units in the last place, which differs from processor to processor (AVX2, AVX-512, scalar). Here
 * the same float32 values go through double functions, rounded once each, so numbers agree to a few
 * units in the last place (5e-7) rather than to the last bit.
 */
public final class TorchGenerator implements NoiseSource {
  private static final int BLOCK = 16;
  private static final int HALF = BLOCK / 2;
  private static final float TWO_PI = (float) (2 * Math.PI);

  private final MersenneTwister twister;
  private double waiting = Double.NaN;

  /**
   * A generator as after {@code manual_seed(seed)}.
   *
   * @param seed any value; PyTorch uses the lower 32 bits only
   */
  public TorchGenerator(long seed) {
    this.twister = new MersenneTwister((int) seed);
  }

  @Override
  public float[] normal(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be 1 or more, not " + count);
    }
    return count < BLOCK ? inPairs(count) : inBlocks(count);
  }

  private float[] inBlocks(int count) {
    float[] values = new float[count];
    fillUniform(values, 0);
    for (int start = 0; start + BLOCK <= count; start += BLOCK) {
      transformBlock(values, start);
    }
    if (count % BLOCK != 0) {
      fillUniform(values, count - BLOCK);
      transformBlock(values, count - BLOCK);
    }
    return values;
  }

  private void fillUniform(float[] values, int from) {
    for (int i = from; i < values.length; i++) {
      values[i] = (twister.next32() & 0xffffff) * 0x1p-24f;
    }
  }

  private static void transformBlock(float[] values, int start) {
    for (int j = start; j < start + HALF; j++) {
      float u1 = 1 - values[j]; // in (0, 1]: the logarithm stays finite
      float u2 = values[j + HALF];
      float radius = (float) Math.sqrt(-2 * (float) Math.log(u1));
      float theta = TWO_PI * u2; // float32 as in PyTorch: its rounding is the largest error of all
      values[j] = (float) (radius * Math.cos(theta));
      values[j + HALF] = (float) (radius * Math.sin(theta));
    }
  }

  private float[] inPairs(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) nextOfPair();
    }
    return values;
  }

  private double nextOfPair() {
    if (!Double.isNaN(waiting)) {
      double second = waiting;
      waiting = Double.NaN;
      return second;
    }
    double theta = 2 * Math.PI * uniform53();
    double radius = Math.sqrt(-2 * Math.log1p(-uniform53()));
    waiting = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }

  private double uniform53() {
    return (twister.next64() & 0x1fffffffffffffL) * 0x1p-53;
  }
}
