package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.engine.ArrayScope;

/**
 * Numbers as sines and cosines of geometrically spaced frequencies (Vaswani et al., arXiv
 * 1706.03762).
 *
 * @param channels how many sines and cosines, even
 * @param flipSinToCos cosines first
 * @param freqShift taken off the divisor of the frequencies' exponents
 */
record Sinusoids(int channels, boolean flipSinToCos, double freqShift) {
  private static final double MAX_PERIOD = 10000;

  Sinusoids(int channels, UNetConfig config) {
    this(channels, config.flipSinToCos(), config.freqShift());
  }

  /**
   * In float32 by the engine throughout: at t = 999 one ulp of a frequency already shows in the
   * sines.
   *
   * @param numbers (k, 1); stays open
   * @return (k, channels), of the same manager
   */
  NDArray of(NDArray numbers) {
    int half = channels / 2;
    try (ArrayScope t = new ArrayScope(numbers)) {
      NDManager manager = t.manager();
      NDArray frequencies =
          manager
              .arange((float) half)
              .mul(-Math.log(MAX_PERIOD))
              .div(half - freqShift)
              .exp()
              .reshape(1, half);
      NDArray angles = t.view(numbers).mul(frequencies);
      NDArray sines = angles.sin();
      NDArray cosines = angles.cos();
      return t.result(flipSinToCos ? cosines.concat(sines, 1) : sines.concat(cosines, 1));
    }
  }
}
