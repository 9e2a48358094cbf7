package dev.forgetmenot.diffusion.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.layer.ClipEncoder;
import dev.forgetmenot.diffusion.layer.LayerNorm;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.files.Message;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The layers of CLIP's text tower (Radford et al., arXiv 2103.00020), without a projection after
 * them.
 */
public final class ClipTextTransformer {
  private final TextEncoderConfig config;
  private final ModelParameter tokenEmbedding; // (v, d)
  private final ModelParameter positionEmbedding; // (n, d)
  private final ClipEncoder encoder;
  private final LayerNorm finalLayerNorm;
  private final AddedEmbeddings added = new AddedEmbeddings();

  /** Builds the layers under {@code text_model.}. */
  public ClipTextTransformer(ModulePath root, TextEncoderConfig config) {
    this.config = config;
    ModulePath scope = root.in("text_model");
    TextEncoderConfig.TransformerConfig layers = config.encoder();
    tokenEmbedding =
        scope.weight("embeddings.token_embedding.weight", config.vocabSize(), layers.width());
    positionEmbedding =
        scope.weight("embeddings.position_embedding.weight", config.maxPositions(), layers.width());
    encoder =
        new ClipEncoder(
            scope.in("encoder"),
            layers.width(),
            layers.intermediate(),
            layers.layers(),
            layers.heads(),
            layers.eps(),
            layers.activation(),
            true);
    finalLayerNorm = new LayerNorm(scope.in("final_layer_norm"), layers.width(), layers.eps());
  }

  /** The matrix of token embeddings (v, d); added rows are not in it. */
  public ModelParameter tokenEmbedding() {
    return tokenEmbedding;
  }

  /** One more than the largest id. */
  int vocabulary() {
    return Math.toIntExact(tokenEmbedding.shape().get(0)) + added.count();
  }

  /**
   * Puts rows after all others; they stay in their cell.
   *
   * @param rows (k, at least d)
   * @param firstColumn the first of the d columns that are read
   */
  void addRows(ModelParameter rows, int firstColumn) {
    added.add(rows, firstColumn, config.encoder().width());
  }

  /**
   * Takes the newest rows off.
   *
   * @throws IllegalStateException if they are not the newest
   */
  void removeRows(ModelParameter rows) {
    added.remove(rows);
  }

  /** The last hidden state after the final norm; see {@link #forward(NDManager, List, int)}. */
  public NDArray forward(NDManager manager, List<List<Integer>> ids) {
    return forward(manager, ids, 1);
  }

  /**
   * A hidden state after the final norm.
   *
   * @param manager what the result belongs to
   * @param ids token ids of each prompt, all of one length of at most {@code maxPositions}
   * @param clipSkip which layer it comes from, counted from the last, which is 1
   * @return (b, n, d)
   * @throws IllegalArgumentException if the lengths differ or are too long, an id is not in the
   *     vocabulary, or there is no such layer
   */
  public NDArray forward(NDManager manager, List<List<Integer>> ids, int clipSkip) {
    try (NDArray embedded = embed(manager, ids)) {
      return forward(embedded, clipSkip);
    }
  }

  /**
   * A hidden state after the final norm, of rows as {@link #embed} makes them.
   *
   * @param embedded (b, n, d) before positions are added, n of at most {@code maxPositions}; stays
   *     open
   * @param clipSkip which layer it comes from, counted from the last, which is 1
   * @return (b, n, d), of the manager of {@code embedded}
   * @throws IllegalArgumentException if the shape does not fit or there is no such layer
   */
  NDArray forward(NDArray embedded, int clipSkip) {
    int layers = config.encoder().layers();
    if (clipSkip < 1 || clipSkip > layers) {
      throw new IllegalArgumentException(
          Message.of(
              "clip skip should be 1 to %s, the number of layers of this text encoder, not %s",
              layers, clipSkip));
    }
    return LayerChain.owning(positioned(embedded))
        .then(x -> encoder.forward(x, layers - clipSkip + 1))
        .then(finalLayerNorm::forward)
        .get();
  }

  /**
   * A hidden state without the final norm, of rows as {@link #embed} makes them.
   *
   * @param embedded (b, n, d) before positions are added; stays open
   * @param after how many layers come after it, at least 1: 1 is the penultimate one's
   * @return (b, n, d), of the manager of {@code embedded}
   */
  NDArray hidden(NDArray embedded, int after) {
    int layers = config.encoder().layers();
    if (after < 1 || after >= layers) {
      throw new IllegalArgumentException(
          Message.of(
              "clip skip should be 1 to %s, the number of layers of this text encoder before the"
                  + " last, not %s",
              layers - 1, after));
    }
    return LayerChain.owning(positioned(embedded))
        .then(x -> encoder.forward(x, layers - after))
        .get();
  }

  /**
   * The last hidden state after the final norm.
   *
   * @param hidden what {@link #hidden} returned; stays open
   * @param after how many layers come after it
   * @return (b, n, d)
   */
  public NDArray last(NDArray hidden, int after) {
    int layers = config.encoder().layers();
    return LayerChain.from(hidden)
        .then(x -> encoder.forward(x, layers - after, layers))
        .then(finalLayerNorm::forward)
        .get();
  }

  /** Rows with their positions added. */
  private NDArray positioned(NDArray embedded) {
    Shape shape = embedded.getShape();
    int width = config.encoder().width();
    if (shape.dimension() != 3 || shape.get(1) > config.maxPositions() || shape.get(2) != width) {
      throw new IllegalArgumentException(
          Message.of(
              "token embeddings have the shape %s; expected (b, n, %s) with n of at most %s",
              shape, width, config.maxPositions()));
    }
    NDManager manager = embedded.getManager();
    try (ModelParameter.Use table = positionEmbedding.use();
        NDArray positions = table.array().get(manager, new NDIndex("0:{}", shape.get(1)))) {
      return embedded.add(positions);
    }
  }

  /**
   * The rows of ids before positions are added.
   *
   * @return (b, n, d), of the manager
   */
  NDArray embed(NDManager manager, List<List<Integer>> ids) {
    long[] flat = flat(ids);
    Shape shape = new Shape(ids.size(), ids.get(0).size());
    long known = tokenEmbedding.shape().get(0);
    try (ModelParameter.Use table = tokenEmbedding.use()) {
      return Arrays.stream(flat).allMatch(id -> id < known)
          ? AddedEmbeddings.look(manager, table.array(), flat, shape)
          : added.embed(manager, table.array(), flat, shape);
    }
  }

  private long[] flat(List<List<Integer>> ids) {
    int length = ids.get(0).size();
    if (length < 1 || length > config.maxPositions()) {
      throw new IllegalArgumentException(
          "a prompt should have 1 to " + config.maxPositions() + " token ids, not " + length);
    }
    int vocabulary = vocabulary();
    long[] flat = new long[ids.size() * length];
    int at = 0;
    for (List<Integer> prompt : ids) {
      if (prompt.size() != length) {
        throw new IllegalArgumentException(
            Message.of(
                "the prompts of a batch should have equally many token ids, not %s and %s",
                length, prompt.size()));
      }
      for (int id : prompt) {
        if (id < 0 || id >= vocabulary) {
          throw new IllegalArgumentException(
              Message.of(
                  "token id %s is not in the text encoder's vocabulary of %s; do tokenizer and text"
                      + " encoder belong together?",
                  id, vocabulary));
        }
        flat[at++] = id;
      }
    }
    return flat;
  }

  /**
   * The hidden state at the end of each text.
   *
   * @param hidden (b, n, d)
   * @param ids the token ids that it came from
   * @return (b, d)
   */
  public NDArray pool(NDArray hidden, List<List<Integer>> ids) {
    return pool(hidden, ends(ids));
  }

  /** The hidden state (b, d) at a column of each row. */
  NDArray pool(NDArray hidden, int... ends) {
    long length = hidden.getShape().get(1);
    long width = hidden.getShape().get(2);
    long[] rows = IntStream.range(0, ends.length).mapToLong(i -> i * length + ends[i]).toArray();
    try (NDArray flat = hidden.reshape(-1, width)) {
      return AddedEmbeddings.look(hidden.getManager(), flat, rows, new Shape(rows.length));
    }
  }

  /** The column of each text that is pooled. */
  int[] ends(List<List<Integer>> ids) {
    return ids.stream().mapToInt(this::end).toArray();
  }

  /**
   * The column that is pooled: the first end-of-text, or of the greatest id where the config's
   * end-of-text is 2.
   */
  private int end(List<Integer> prompt) {
    int wanted = config.endOfText();
    if (wanted == 2) {
      wanted =
          prompt.stream()
              .mapToInt(Integer::intValue)
              .filter(id -> id < tokenEmbedding.shape().get(0)) // added tokens end no text
              .max()
              .orElse(0);
    }
    return Math.max(0, prompt.indexOf(wanted));
  }
}
