package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.architecture.TextEncoderSlot;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
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
    List<List<List<Integer>>> ids =
        IntStream.range(0, count())
            .mapToObj(i -> prompts.stream().map(prompt -> ids(prompt, i)).toList())
            .toList();
    return encode(manager, ids, 1).condition();
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
    if (!architecture.conditionedOnSizes()) {
      NDArray state = first().encoder().encode(manager, ids.get(0), clipSkip);
      return new Encoded(List.of(state), Optional.empty());
    }
    List<NDArray> states = new ArrayList<>();
    Optional<NDArray> pooled = Optional.empty();
    for (int i = 0; i < count(); i++) {
      ClipTextEncoder encoder = parts.get(i).encoder();
      NDArray state = encoder.hidden(manager, ids.get(i), clipSkip);
      states.add(state);
      if (parts.get(i).slot().projected()) {
        pooled = Optional.of(encoder.projected(state, clipSkip, ids.get(i)));
      }
    }
    return new Encoded(states, pooled);
  }
}
