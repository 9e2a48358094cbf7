package dev.forgetmenot.diffusion.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.engine.EngineMemory;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.weights.MetaParameters;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import java.util.List;
import java.util.Map;

/**
 * The text encoder of a Stable Diffusion folder: prompts to the context that the UNet attends to.
 * {@link #close} frees the weights. For the engine thread.
 */
public final class ClipTextEncoder implements AutoCloseable {
  private final TextEncoderConfig config;
  private final ModelParameters weights;
  private final ClipTextTransformer transformer;
  private final Linear textProjection; // null without

  /** Builds the encoder on weights, which it then owns. */
  public ClipTextEncoder(TextEncoderConfig config, ModelParameters weights, Ops ops) {
    this(config, ModulePath.root(weights, ops), weights);
  }

  private ClipTextEncoder(TextEncoderConfig config, ModulePath root, ModelParameters weights) {
    this.config = config;
    this.weights = weights;
    transformer = new ClipTextTransformer(root, config);
    textProjection =
        config.projection() == 0
            ? null
            : new Linear(
                root.in("text_projection"), config.encoder().width(), config.projection(), false);
  }

  /** The canonical names of the weights and their shapes. */
  public static Map<String, Shape> parameterShapes(TextEncoderConfig config) {
    MetaParameters shapes = new MetaParameters();
    ClipTextEncoder unused = new ClipTextEncoder(config, ModulePath.root(shapes, null), null);
    return shapes.shapes();
  }

  /** The configuration. */
  public TextEncoderConfig config() {
    return config;
  }

  /** The weights. */
  public ModelParameters weights() {
    return weights;
  }

  /**
   * The rows of ids before positions are added.
   *
   * @return (b, n, d), of the manager
   */
  public NDArray embed(NDManager manager, List<List<Integer>> ids) {
    weights.ready("");
    return transformer.embed(manager, ids);
  }

  /**
   * The context of texts; see {@link ClipTextTransformer#forward}.
   *
   * @param embedded (b, n, d) as {@link #embed} makes them; stays open
   * @param clipSkip the layer, counted from the last, which is 1
   * @return hidden state after the final norm (b, n, d), of the manager of {@code embedded}
   * @throws IllegalArgumentException if the shape does not fit
   */
  public NDArray encode(NDArray embedded, int clipSkip) {
    weights.ready("");
    return transformer.forward(embedded, clipSkip);
  }

  /**
   * The hidden state of a layer before the last, without the final norm; see {@link
   * ClipTextTransformer#hidden}.
   *
   * @param embedded (b, n, d) as {@link #embed} makes them; stays open
   * @param after how many layers come after it, at least 1
   * @return (b, n, d), of the manager of {@code embedded}
   */
  public NDArray hidden(NDArray embedded, int after) {
    weights.ready("");
    return transformer.hidden(embedded, after);
  }

  /** The column at which each text ends, which is projected. */
  public int[] ends(List<List<Integer>> ids) {
    return transformer.ends(ids);
  }

  /**
   * The projection of the last hidden state at the end of each text, after the final norm.
   *
   * @param hidden what {@link #hidden} returned; stays open
   * @param ends what {@link #ends} returned for the texts
   * @return (b, p)
   */
  public NDArray projected(NDArray hidden, int after, int... ends) {
    return LayerChain.from(hidden)
        .then(x -> transformer.last(x, after))
        .then(last -> transformer.pool(last, ends))
        .then(textProjection::forward)
        .get();
  }

  /** The hidden state (b, d) at the end of each text, from what {@link #encode} returned. */
  public NDArray pool(NDArray hidden, List<List<Integer>> ids) {
    return transformer.pool(hidden, ids);
  }

  /** The matrix of token embeddings (v, d); added rows are not in it. */
  public ModelParameter tokenEmbedding() {
    return transformer.tokenEmbedding();
  }

  /** One more than the largest id of a token. */
  public int vocabulary() {
    return transformer.vocabulary();
  }

  /**
   * Adds rows after the known ones: the first has the id that {@link #vocabulary} said before.
   *
   * @param vectors at least one, of d finite numbers
   * @return the cell of these rows alone (k, d), which may be trained
   * @throws IllegalArgumentException if a vector has another width or a number is not finite
   */
  public ModelParameter addRows(float[][] vectors) {
    return addRows(vectors, config.encoder().width());
  }

  /**
   * Adds rows that several text encoders share, this one the first.
   *
   * @param width of all that share them; this one reads the first d columns
   * @return the cell of these rows alone (k, width)
   */
  public ModelParameter addRows(float[][] vectors, int width) {
    ModelParameter rows =
        weights.add(
            tokenEmbedding().name().replaceFirst("weight$", "added." + vocabulary()),
            EngineMemory.of(
                weights.manager(), flat(vectors, width), new Shape(vectors.length, width)));
    transformer.addRows(rows, 0);
    return rows;
  }

  /**
   * Adds rows of another text encoder's cell.
   *
   * @param firstColumn the first of the d columns that are read
   */
  public void shareRows(ModelParameter rows, int firstColumn) {
    transformer.addRows(rows, firstColumn);
  }

  /** Takes off what {@link #shareRows} added last. */
  public void unshareRows(ModelParameter rows) {
    transformer.removeRows(rows);
  }

  /** The numbers of rows, one after the other, checked. */
  public static float[] flat(float[][] vectors, int width) {
    float[] flat = new float[vectors.length * width];
    for (int i = 0; i < vectors.length; i++) {
      if (vectors[i].length != width) {
        throw new IllegalArgumentException(
            "an embedding of this text encoder has "
                + width
                + " numbers, not "
                + vectors[i].length
                + "; was it made for another model?");
      }
      for (float value : vectors[i]) {
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException("an embedding has finite numbers, not " + value);
        }
      }
      System.arraycopy(vectors[i], 0, flat, i * width, width);
    }
    return flat;
  }

  /**
   * Takes the newest rows off.
   *
   * @throws IllegalStateException if they are not the newest
   */
  public void removeRows(ModelParameter rows) {
    transformer.removeRows(rows);
    weights.remove(rows);
  }

  @Override
  public void close() {
    weights.close();
  }
}
