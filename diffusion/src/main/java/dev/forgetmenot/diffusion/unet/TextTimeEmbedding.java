package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.UNetConfig.TextTime;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import java.util.OptionalLong;

/**
 * The pooled text and the sizes of an image as an addition to the time embedding: diffusers' {@code
 * text_time} (Podell et al., "SDXL", arXiv 2307.01952, section 2.2).
 */
final class TextTimeEmbedding {
  private final Ops ops;
  private final Sinusoids sinusoids;
  private final Linear linear1;
  private final Linear linear2;

  TextTimeEmbedding(ModulePath scope, UNetConfig config, TextTime shape) {
    ops = scope.ops();
    sinusoids = new Sinusoids(shape.timeChannels(), config);
    linear1 = new Linear(scope.in("linear_1"), shape.inputs(), config.timeWidth(), true);
    linear2 = new Linear(scope.in("linear_2"), config.timeWidth(), config.timeWidth(), true);
  }

  OptionalLong version() {
    return Linear.sum(linear1.version(), linear2.version());
  }

  /** Times (b, t) and the embedding of each row; times stay open. */
  NDArray add(TextCondition condition, NDArray times) {
    try (NDArray own = embedded(condition)) {
      return times.add(own);
    }
  }

  /** Times (s, t) and, for each of them, the embeddings of all rows: (s · b, t). */
  NDArray addToEach(TextCondition condition, NDArray times) {
    long width = times.getShape().get(1);
    try (NDArray own = embedded(condition);
        NDArray rows = own.reshape(1, -1, width);
        NDArray steps = times.reshape(-1, 1, width);
        NDArray all = steps.add(rows)) {
      return all.reshape(-1, width);
    }
  }

  /** (b, t). */
  private NDArray embedded(TextCondition condition) {
    NDArray pooled = condition.pooled().orElseThrow();
    NDArray sizes = condition.timeIds().orElseThrow();
    Shape one = new Shape(pooled.getShape().get(0), (long) TextTime.SIZES * sinusoids.channels());
    try (NDArray column = sizes.reshape(-1, 1);
        NDArray waves = sinusoids.of(column);
        NDArray flat = waves.reshape(one)) {
      return LayerChain.owning(pooled.concat(flat, 1))
          .then(linear1::forward)
          .then(ops::silu)
          .then(linear2::forward)
          .get();
    }
  }
}
