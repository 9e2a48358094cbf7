package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.InputGradients.Embedded;
import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.architecture.TextEncoderSlot;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The text encoders of a model, in the order in which their embeddings lie side by side. For the
 * engine thread.
 */
record TextEncoders(ModelArchitecture architecture, List<Part> parts) {
  /** A text encoder with its tokenizer. */
  record Part(TextEncoderSlot slot, ClipTokenizer tokenizer, ClipTextEncoder encoder) {}

  /**
   * What text encoders make of prompts.
   *
   * @param states a hidden state (b, n, dᵢ) of each
   * @param pooled of the prompts as a whole (b, p), where the UNet is told of it
   */
  record Encoded(List<NDArray> states, Optional<NDArray> pooled) {
    /** The condition without sizes; takes the arrays over. */
    TextCondition condition() {
      if (states.size() == 1) {
        return new TextCondition(states.get(0), pooled, Optional.empty());
      }
      try (NDList parts = new NDList(states)) {
        return new TextCondition(NDArrays.concat(parts, 2), pooled, Optional.empty());
      }
    }
  }

  Part first() {
    return parts.get(0);
  }

  int count() {
    return parts.size();
  }

  /** Width of the embeddings side by side. */
  int width() {
    return parts.stream().mapToInt(part -> part.encoder().config().encoder().width()).sum();
  }

  /** The condition of prompts, without sizes. */
  TextCondition encode(NDManager manager, List<TokenizedPrompt> prompts) {
    return encode(manager, ids(prompts), 1).condition();
  }

  private List<List<List<Integer>>> ids(List<TokenizedPrompt> prompts) {
    return IntStream.range(0, count())
        .mapToObj(i -> prompts.stream().map(prompt -> ids(prompt, i)).toList())
        .toList();
  }

  /** The ids of a prompt for one of them. */
  private List<Integer> ids(TokenizedPrompt prompt, int encoder) {
    if (encoder == 0) {
      return prompt.ids();
    }
    if (!prompt.others().isEmpty()) {
      return prompt.others().get(encoder - 1).ids();
    }
    return parts.get(encoder).tokenizer().framed(prompt.ids().subList(1, prompt.endPosition()));
  }

  /**
   * What they make of prompts.
   *
   * @param ids for each encoder, for each prompt
   * @param clipSkip the layer, from the one that the model was trained with, which is 1
   */
  Encoded encode(NDManager manager, List<List<List<Integer>>> ids, int clipSkip) {
    return encode(rows(manager, ids), clipSkip, ends(ids));
  }

  /** The condition of rows as {@link #embed} makes them, without sizes; they stay open. */
  TextCondition encode(Embedded text) {
    Shape shape = text.rows().getShape();
    if (shape.dimension() != 3 || shape.get(2) != width()) {
      throw new IllegalArgumentException(
          Message.of("token embeddings have the shape %s; expected (b, n, %s)", shape, width()));
    }
    NDList rows = new NDList();
    long from = 0;
    for (Part part : parts) {
      long to = from + part.encoder().config().encoder().width();
      rows.add(text.rows().get(new NDIndex(":, :, {}:{}", from, to)));
      from = to;
    }
    return encode(rows, 1, text.ends()).condition();
  }

  /** What they make of rows of token embeddings (b, n, dᵢ) of each, which are closed. */
  private Encoded encode(NDList rows, int clipSkip, int... ends) {
    try (rows) {
      if (!architecture.conditionedOnSizes()) {
        NDArray state = first().encoder().encode(rows.get(0), clipSkip);
        return new Encoded(List.of(state), Optional.empty());
      }
      List<NDArray> states = new ArrayList<>();
      Optional<NDArray> pooled = Optional.empty();
      for (int i = 0; i < count(); i++) {
        ClipTextEncoder encoder = parts.get(i).encoder();
        NDArray state = encoder.hidden(rows.get(i), clipSkip);
        states.add(state);
        if (parts.get(i).slot().projected()) {
          pooled = Optional.of(encoder.projected(state, clipSkip, ends));
        }
      }
      return new Encoded(states, pooled);
    }
  }

  /** The rows of prompts' tokens before positions are added, side by side; the manager's. */
  Embedded embed(NDManager manager, List<TokenizedPrompt> prompts) {
    List<List<List<Integer>>> ids = ids(prompts);
    NDList rows = rows(manager, ids);
    if (rows.size() == 1) {
      return new Embedded(rows.get(0), ends(ids));
    }
    try (rows) {
      return new Embedded(NDArrays.concat(rows, 2), ends(ids));
    }
  }

  private NDList rows(NDManager manager, List<List<List<Integer>>> ids) {
    NDList rows = new NDList();
    for (int i = 0; i < count(); i++) {
      rows.add(parts.get(i).encoder().embed(manager, ids.get(i)));
    }
    return rows;
  }

  /** Where the text encoder that is projected reads a text's end; the first, where none is. */
  private int[] ends(List<List<List<Integer>>> ids) {
    int projected =
        IntStream.range(0, count())
            .filter(i -> parts.get(i).slot().projected())
            .findFirst()
            .orElse(0);
    return parts.get(projected).encoder().ends(ids.get(projected));
  }
}
