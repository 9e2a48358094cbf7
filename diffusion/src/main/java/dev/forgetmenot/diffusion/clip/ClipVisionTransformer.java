package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.ClipVisionConfig;
import dev.forgetmenot.diffusion.config.TextEncoderConfig.TransformerConfig;
import dev.forgetmenot.diffusion.engine.ArrayScope;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.ClipEncoder;
import dev.forgetmenot.diffusion.layer.Conv2d;
import dev.forgetmenot.diffusion.layer.LayerNorm;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.weights.ModelParameter;

/** The vision tower (Dosovitskiy et al., arXiv 2010.11929) without the projection after it. */
final class ClipVisionTransformer {
  private final ModelParameter classEmbedding; // (d)
  private final Conv2d patchEmbedding;
  private final ModelParameter positionEmbedding; // (n + 1, d)
  private final LayerNorm preLayerNorm;
  private final ClipEncoder encoder;
  private final LayerNorm postLayerNorm;

  ClipVisionTransformer(ModulePath root, ClipVisionConfig config) {
    ModulePath scope = root.in("vision_model");
    TransformerConfig layers = config.encoder();
    int side = config.imageSize() / config.patchSize();
    ModulePath embeddings = scope.in("embeddings");
    classEmbedding = embeddings.weight("class_embedding", layers.width());
    patchEmbedding =
        Conv2d.patches(
            embeddings.in("patch_embedding"),
            config.channels(),
            layers.width(),
            config.patchSize());
    positionEmbedding =
        embeddings.weight("position_embedding.weight", (long) side * side + 1, layers.width());
    preLayerNorm = new LayerNorm(scope.in("pre_layrnorm"), layers.width(), layers.eps());
    encoder =
        new ClipEncoder(
            scope.in("encoder"),
            layers.width(),
            layers.intermediate(),
            layers.layers(),
            layers.heads(),
            layers.eps(),
            layers.activation(),
            false);
    postLayerNorm = new LayerNorm(scope.in("post_layernorm"), layers.width(), layers.eps());
  }

  /** Normalised images (b, c, H, W) to (b, d). */
  NDArray forward(NDArray pixels) {
    return LayerChain.from(pixels)
        .then(patchEmbedding::forward)
        .then(this::embed)
        .then(preLayerNorm::forward)
        .then(encoder::forward)
        .then(h -> h.get(h.getManager(), new NDIndex(":, 0")))
        .then(postLayerNorm::forward)
        .get();
  }

  /** Patches (b, d, h, w) to (b, n + 1, d): the class first, positions added. */
  private NDArray embed(NDArray patches) {
    Shape shape = patches.getShape();
    long width = shape.get(1);
    try (ArrayScope t = new ArrayScope(patches);
        ModelParameter.Use positions = positionEmbedding.use()) {
      NDArray rows = t.view(patches).reshape(shape.get(0), width, -1).transpose(0, 2, 1);
      NDArray first =
          t.view(classEmbedding.array())
              .reshape(1, 1, width)
              .broadcast(new Shape(shape.get(0), 1, width));
      return t.result(first.concat(rows, 1).add(positions.array()));
    }
  }
}
