package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Timesteps as sines and cosines, and two linear layers after them; what else a UNet is told of its
 * images is added to it ({@link TextTimeEmbedding}).
 */
final class TimestepEmbedding {
  private final Ops ops;
  private final Sinusoids sinusoids;
  private final Linear linear1;
  private final Linear linear2;
  private final Optional<TextTimeEmbedding> more;

  TimestepEmbedding(ModulePath scope, UNetConfig config, Optional<TextTimeEmbedding> more) {
    this.more = more;
    ops = scope.ops();
    sinusoids = new Sinusoids(config.timeChannels(), config);
    linear1 = new Linear(scope.in("linear_1"), config.timeChannels(), config.timeWidth(), true);
    linear2 = new Linear(scope.in("linear_2"), config.timeWidth(), config.timeWidth(), true);
  }

  /**
   * The embedding as residual blocks take it, that is, after SiLU.
   *
   * @param condition of b rows; says where the result belongs
   * @param timesteps b of them
   * @return (b, t)
   */
  NDArray forward(TextCondition condition, double[] timesteps) {
    return LayerChain.owning(embedded(condition.context(), timesteps))
        .then(times -> more.map(one -> one.add(condition, times)).orElse(times))
        .then(ops::silu)
        .get();
  }

  /**
   * The same for all steps of a generation.
   *
   * @param timesteps s of them, each for the whole batch
   * @return (s · r, t), step by step; r is b, or 1 where all of the batch have one embedding
   */
  NDArray ofSteps(TextCondition condition, double[] timesteps) {
    return LayerChain.owning(embedded(condition.context(), timesteps))
        .then(times -> more.map(one -> one.addToEach(condition, times)).orElse(times))
        .then(ops::silu)
        .get();
  }

  private NDArray embedded(NDArray like, double[] timesteps) {
    float[] times = new float[timesteps.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = (float) timesteps[i];
    }
    try (NDArray column = like.getManager().create(times, new Shape(times.length, 1))) {
      return LayerChain.owning(sinusoids.of(column))
          .then(linear1::forward)
          .then(ops::silu)
          .then(linear2::forward)
          .get();
    }
  }

  /** Another number after each change of the weights; empty where they may change in place. */
  OptionalLong version() {
    OptionalLong own = Linear.sum(linear1.version(), linear2.version());
    return more.map(one -> Linear.sum(own, one.version())).orElse(own);
  }
}
