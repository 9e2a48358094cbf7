package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.ClipConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.text.ClipTextTransformer;
import dev.forgetmenot.diffusion.weights.MetaParameters;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * CLIP (Radford et al., arXiv 2103.00020) in the layout of transformers' CLIPModel. {@link #close}
 * frees the weights. For the engine thread.
 */
public final class ClipModel implements AutoCloseable {
  private final ClipConfig config;
  private final ModelParameters weights; // null when only shapes are wanted
  private final ClipTextTransformer text;
  private final ClipVisionModelWithProjection vision;
  private final Linear textProjection;
  private final ModelParameter logitScale; // ()

  /** Builds the model on weights, which it then owns. */
  public ClipModel(ClipConfig config, ModelParameters weights, Ops ops) {
    this(config, ModulePath.root(weights, ops), weights);
  }

  private ClipModel(ClipConfig config, ModulePath scope, ModelParameters weights) {
    this.config = config;
    this.weights = weights;
    logitScale = scope.weight("logit_scale");
    text = new ClipTextTransformer(scope, config.text());
    textProjection =
        new Linear(
            scope.in("text_projection"),
            config.text().encoder().width(),
            config.vision().projection(),
            false);
    vision = new ClipVisionModelWithProjection(scope, config.vision());
  }

  /**
   * Loads {@code config.json} and {@code model.safetensors} of a folder.
   *
   * @param manager parent of the weights' manager
   * @throws IOException if a file is missing or broken, or does not fit the configuration
   */
  public static ClipModel load(Path folder, NDManager manager, Ops ops) throws IOException {
    ClipConfig config = ClipConfig.read(folder);
    return new ClipModel(
        config, ModelParameters.load(manager, ops, folder, "clip", parameterShapes(config)), ops);
  }

  /** The names of the weights and their shapes. */
  public static Map<String, Shape> parameterShapes(ClipConfig config) {
    MetaParameters shapes = new MetaParameters();
    ClipModel unused = new ClipModel(config, ModulePath.root(shapes, null), null);
    return shapes.shapes();
  }

  /** The configuration. */
  public ClipConfig config() {
    return config;
  }

  /**
   * Texts in the common space.
   *
   * @param ids token ids of each text, all of one length
   * @return unit vectors (t, e)
   */
  public NDArray textEmbeds(NDManager manager, List<List<Integer>> ids) {
    return LayerChain.owning(text.forward(manager, ids))
        .then(hidden -> text.pool(hidden, ids))
        .then(textProjection::forward)
        .then(ClipVisionModelWithProjection::unit)
        .get();
  }

  /**
   * Images in the common space.
   *
   * @param pixels what {@link ClipImageProcessor} made (b, c, H, W); stays open
   * @return unit vectors (b, e)
   */
  public NDArray imageEmbeds(NDArray pixels) {
    return vision.imageEmbeds(pixels);
  }

  /**
   * Cosines times the learned temperature.
   *
   * @param imageEmbeds (b, e); stays open
   * @param textEmbeds (t, e); stays open
   * @return (b, t)
   */
  public NDArray logitsPerImage(NDArray imageEmbeds, NDArray textEmbeds) {
    try (NDArray texts = textEmbeds.transpose();
        NDArray cosines = imageEmbeds.matMul(texts);
        NDArray scale = logitScale.array().exp()) {
      return cosines.mul(scale);
    }
  }

  @Override
  public void close() {
    if (weights != null) {
      weights.close();
    }
  }
}
