package dev.forgetmenot.diffusion.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.LayerScope;
import dev.forgetmenot.diffusion.weights.ShapeRecorder;
import dev.forgetmenot.diffusion.weights.Weight;
import dev.forgetmenot.diffusion.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The text encoder of a Stable Diffusion folder: prompts to the context that the UNet attends to.
 * {@link #close} frees the weights. For the engine thread.
 */
public final class ClipTextEncoder implements AutoCloseable {
  private final TextEncoderConfig config;
  private final Weights weights;
  private final ClipTextTransformer transformer;

  /** Builds the encoder on weights, which it then owns. */
  public ClipTextEncoder(TextEncoderConfig config, Weights weights, Ops ops) {
    this.config = config;
    this.weights = weights;
    transformer = new ClipTextTransformer(LayerScope.root(weights, ops), config);
  }

  /**
   * Loads {@code config.json} and {@code model.safetensors} of a folder.
   *
   * @param manager parent of the weights' manager
   * @throws IOException if a file is missing or broken, or does not fit the configuration
   */
  public static ClipTextEncoder load(Path folder, NDManager manager, Ops ops) throws IOException {
    TextEncoderConfig config = TextEncoderConfig.read(folder);
    return new ClipTextEncoder(
        config, Weights.load(manager, folder, "text_encoder", parameterShapes(config)), ops);
  }

  /** The canonical names of the weights and their shapes. */
  public static Map<String, Shape> parameterShapes(TextEncoderConfig config) {
    ShapeRecorder shapes = new ShapeRecorder();
    ClipTextTransformer unused = new ClipTextTransformer(LayerScope.root(shapes, null), config);
    return shapes.shapes();
  }

  /** The configuration. */
  public TextEncoderConfig config() {
    return config;
  }

  /** The weights. */
  public Weights weights() {
    return weights;
  }

  /**
   * The context of prompts; see {@link ClipTextTransformer#forward}.
   *
   * @return last hidden state behind the final norm (b, n, d)
   */
  public NDArray encode(NDManager manager, List<List<Integer>> ids) {
    return transformer.forward(manager, ids);
  }

  /** The hidden state (b, d) at the end of each text, from what {@link #encode} returned. */
  public NDArray pool(NDArray hidden, List<List<Integer>> ids) {
    return transformer.pool(hidden, ids);
  }

  /**
   * The matrix of token embeddings (v, d). It may be swapped for one with more rows, or be made
   * trainable; gradients reach it.
   */
  public Weight tokenEmbedding() {
    return transformer.tokenEmbedding();
  }

  /**
   * Adds tokens behind the known ones.
   *
   * @param vectors one of d numbers for each new token
   * @return the id of the first new token; the others follow
   * @throws IllegalArgumentException if a vector has another width
   */
  public int addTokens(float[][] vectors) {
    Weight cell = tokenEmbedding();
    int first = Math.toIntExact(cell.shape().get(0));
    if (vectors.length == 0) {
      return first;
    }
    int width = config.encoder().width();
    float[] flat = new float[vectors.length * width];
    for (int i = 0; i < vectors.length; i++) {
      if (vectors[i].length != width) {
        throw new IllegalArgumentException(
            "an embedding of this text encoder has "
                + width
                + " numbers, not "
                + vectors[i].length);
      }
      System.arraycopy(vectors[i], 0, flat, i * width, width);
    }
    NDManager manager = weights.manager();
    try (NDArray rows = manager.create(flat, new Shape(vectors.length, width))) {
      NDArray longer = cell.array().concat(rows, 0);
      longer.attach(manager);
      cell.swap(longer).close();
    }
    return first;
  }

  @Override
  public void close() {
    weights.close();
  }
}
