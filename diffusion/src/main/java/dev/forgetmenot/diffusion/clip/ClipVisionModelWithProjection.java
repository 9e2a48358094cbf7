package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.ClipVisionConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.weights.MetaParameters;
import java.util.Map;

/** The vision tower and the projection into the common space of images and texts. */
final class ClipVisionModelWithProjection {
  private final ClipVisionConfig config;
  private final ClipVisionTransformer vision;
  private final Linear visualProjection;

  ClipVisionModelWithProjection(ModulePath scope, ClipVisionConfig config) {
    this.config = config;
    vision = new ClipVisionTransformer(scope, config);
    visualProjection =
        new Linear(
            scope.in("visual_projection"), config.encoder().width(), config.projection(), false);
  }

  /** The names of the weights and their shapes. */
  static Map<String, Shape> parameterShapes(ClipVisionConfig config) {
    MetaParameters shapes = new MetaParameters();
    ClipVisionModelWithProjection unused =
        new ClipVisionModelWithProjection(ModulePath.root(shapes, null), config);
    return shapes.shapes();
  }

  /**
   * Images in the common space.
   *
   * @param pixels what {@link ClipImageProcessor} made (b, c, H, W); stays open
   * @return unit vectors (b, e)
   */
  NDArray imageEmbeds(NDArray pixels) {
    Shape shape = pixels.getShape();
    Shape expected = new Shape(-1, config.channels(), config.imageSize(), config.imageSize());
    if (shape.dimension() != 4 || !shape.slice(1).equals(expected.slice(1))) {
      throw new IllegalArgumentException("images should be " + expected + ", not " + shape);
    }
    return LayerChain.from(pixels)
        .then(vision::forward)
        .then(visualProjection::forward)
        .then(ClipVisionModelWithProjection::unit)
        .get();
  }

  /** Rows divided by their lengths. */
  static NDArray unit(NDArray x) {
    try (NDArray squares = x.square();
        NDArray sums = squares.sum(new int[] {1}, true);
        NDArray norms = sums.sqrt()) {
      return x.div(norms);
    }
  }
}
