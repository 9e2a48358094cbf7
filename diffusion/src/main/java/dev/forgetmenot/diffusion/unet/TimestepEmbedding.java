package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.engine.ArrayScope;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import java.util.OptionalLong;

/**
 * Timesteps as sines and cosines (Vaswani et al., arXiv 1706.03762), and two linear layers after
 * them.
 */
final class TimestepEmbedding {
  private static final double MAX_PERIOD = 10000;

  private final Ops ops;
  private final int half;
  private final double freqShift;
  private final boolean flipSinToCos;
  private final Linear linear1;
  private final Linear linear2;

  TimestepEmbedding(ModulePath scope, UNetConfig config) {
    ops = scope.ops();
    half = config.timeChannels() / 2;
    freqShift = config.freqShift();
    flipSinToCos = config.flipSinToCos();
    linear1 = new Linear(scope.in("linear_1"), config.timeChannels(), config.timeWidth(), true);
    linear2 = new Linear(scope.in("linear_2"), config.timeWidth(), config.timeWidth(), true);
  }

  /**
   * The embedding as residual blocks take it, that is, after SiLU.
   *
   * @param like says where the result belongs
   * @param timesteps b of them
   * @return (b, t)
   */
  NDArray forward(NDArray like, double[] timesteps) {
    return LayerChain.owning(sinusoids(like, timesteps))
        .then(linear1::forward)
        .then(ops::silu)
        .then(linear2::forward)
        .then(ops::silu)
        .get();
  }

  /** Another number after each change of the weights; empty where they may change in place. */
  OptionalLong version() {
    return Linear.sum(linear1.version(), linear2.version());
  }

  /**
   * In float32 by the engine throughout: at t = 999 one ulp of a frequency already shows in the
   * sines.
   */
  private NDArray sinusoids(NDArray like, double[] timesteps) {
    float[] times = new float[timesteps.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = (float) timesteps[i];
    }
    try (ArrayScope t = new ArrayScope(like)) {
      NDManager manager = t.manager();
      NDArray frequencies =
          manager
              .arange((float) half)
              .mul(-Math.log(MAX_PERIOD))
              .div(half - freqShift)
              .exp()
              .reshape(1, half);
      NDArray angles = manager.create(times, new Shape(times.length, 1)).mul(frequencies);
      NDArray sines = angles.sin();
      NDArray cosines = angles.cos();
      return t.result(flipSinToCos ? cosines.concat(sines, 1) : sines.concat(cosines, 1));
    }
  }
}
