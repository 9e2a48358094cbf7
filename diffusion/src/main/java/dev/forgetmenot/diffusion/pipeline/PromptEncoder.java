package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.tokenizer.PromptChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Prompts to conditions as a request reads them: plain words of at most one chunk, or A1111's
 * syntax and any number of chunks. For the engine thread.
 *
 * @param clipSkip the text encoders' layer, from the one that the model was trained with, which is
 *     1
 * @param weighted whether prompts are read as A1111 does
 */
record PromptEncoder(TextEncoders encoders, int clipSkip, boolean weighted) {
  static PromptEncoder of(GenerationRequest request, ModelComponents parts) {
    return new PromptEncoder(parts.text(), request.clipSkip(), request.promptWeights());
  }

  /** The same prompt for all encoders; see {@link #encode(List, NDManager)}. */
  TextCondition encode(String prompt, NDManager manager) {
    return encode(List.of(prompt), manager);
  }

  /**
   * The condition of a prompt, without sizes. The prompt as a whole is that of the first chunk, as
   * A1111 has it.
   *
   * @param prompts one for each encoder; the last is that of all that follow
   * @return of one row, n of each chunk; of the manager, the caller closes it
   */
  TextCondition encode(List<String> prompts, NDManager manager) {
    List<List<PromptChunk>> chunks = chunks(prompts);
    NDList contexts = new NDList();
    Optional<NDArray> pooled = Optional.empty();
    try {
      for (int k = 0; k < chunks.get(0).size(); k++) {
        int place = k;
        TextCondition chunk =
            condition(chunks.stream().map(own -> own.get(place)).toList(), manager);
        contexts.add(chunk.context());
        if (k == 0) {
          pooled = chunk.pooled();
        } else {
          chunk.pooled().ifPresent(NDArray::close);
        }
      }
      NDArray context =
          contexts.size() == 1 ? contexts.get(0).duplicate() : NDArrays.concat(contexts, 1);
      return new TextCondition(context, pooled, Optional.empty());
    } finally {
      contexts.close();
    }
  }

  /** The chunks for each encoder, equally many. */
  private List<List<PromptChunk>> chunks(List<String> prompts) {
    List<List<PromptChunk>> all = new ArrayList<>();
    for (int i = 0; i < encoders.count(); i++) {
      String prompt = prompts.get(Math.min(i, prompts.size() - 1));
      ClipTokenizer tokenizer = encoders.parts().get(i).tokenizer();
      all.add(
          new ArrayList<>(
              weighted
                  ? PromptChunk.split(prompt, tokenizer)
                  : List.of(PromptChunk.plain(tokenizer.encode(prompt).ids()))));
    }
    int longest = all.stream().mapToInt(List::size).max().orElseThrow();
    for (int i = 0; i < encoders.count(); i++) {
      while (all.get(i).size() < longest) {
        all.get(i).add(empty(i));
      }
    }
    return all;
  }

  private PromptChunk empty(int encoder) {
    return PromptChunk.plain(encoders.parts().get(encoder).tokenizer().encode("").ids());
  }

  /** The condition of one chunk for each encoder. */
  private TextCondition condition(List<PromptChunk> chunks, NDManager manager) {
    List<List<List<Integer>>> ids = chunks.stream().map(chunk -> List.of(chunk.ids())).toList();
    TextEncoders.Encoded encoded = encoders.encode(manager, ids, clipSkip);
    List<NDArray> states = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      states.add(weighted(encoded.states().get(i), chunks.get(i), manager));
    }
    return new TextEncoders.Encoded(states, encoded.pooled()).condition();
  }

  /**
   * A chunk's hidden state, each row times its token's weight, then all of it scaled so that its
   * mean is what it was; takes the state over.
   */
  private static NDArray weighted(NDArray state, PromptChunk chunk, NDManager manager) {
    if (!chunk.weighted()) {
      return state;
    }
    float[] rows = new float[chunk.weights().size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = chunk.weights().get(i).floatValue();
    }
    try (state;
        NDArray weights = manager.create(rows, new Shape(1, rows.length, 1));
        NDArray changed = state.mul(weights)) {
      return changed.mul((float) (mean(state) / mean(changed)));
    }
  }

  /** In double: the values nearly cancel each other. */
  private static double mean(NDArray array) {
    float[] values = array.toFloatArray();
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /**
   * A condition as long as the longest of a batch: after its context that of an empty prompt, as
   * often as it takes.
   *
   * @param condition of one row
   * @param length a multiple of n, at least that of the condition
   * @return the given one where it is as long; else its parts belong to both
   */
  TextCondition padded(TextCondition condition, long length) {
    NDArray context = condition.context();
    long missing = length - context.getShape().get(1);
    if (missing == 0) {
      return condition;
    }
    List<PromptChunk> empty = IntStream.range(0, encoders.count()).mapToObj(this::empty).toList();
    try (TextCondition one = condition(empty, context.getManager())) {
      NDList chunks = new NDList(context);
      for (long k = 0; k < missing; k += one.context().getShape().get(1)) {
        chunks.add(one.context());
      }
      return new TextCondition(NDArrays.concat(chunks, 1), condition.pooled(), condition.timeIds());
    }
  }
}
