package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.tokenizer.PromptChunk;
import java.util.List;

/**
 * Prompts to contexts as a request reads them: plain words of at most one chunk, or A1111's syntax
 * and any number of chunks. For the engine thread.
 *
 * @param clipSkip the text encoder's layer, from the last, which is 1
 * @param weighted whether prompts are read as A1111 does
 */
record PromptEncoder(
    ClipTokenizer tokenizer, ClipTextEncoder textEncoder, int clipSkip, boolean weighted) {
  static PromptEncoder of(GenerationRequest request, ModelComponents parts) {
    return new PromptEncoder(
        parts.tokenizer(), parts.textEncoder(), request.clipSkip(), request.promptWeights());
  }

  /**
   * The context of a prompt.
   *
   * @return (1, n, d), n of each chunk; of the manager, the caller closes it
   */
  NDArray encode(String prompt, NDManager manager) {
    if (!weighted) {
      return encode(tokenizer.encode(prompt).ids(), manager);
    }
    NDList contexts = new NDList();
    try {
      PromptChunk.split(prompt, tokenizer).forEach(chunk -> contexts.add(encode(chunk, manager)));
      return contexts.size() == 1 ? contexts.get(0).duplicate() : NDArrays.concat(contexts, 1);
    } finally {
      contexts.close();
    }
  }

  private NDArray encode(List<Integer> ids, NDManager manager) {
    return textEncoder.encode(manager, List.of(ids), clipSkip);
  }

  /**
   * A chunk's context, each row times its token's weight, then all of it scaled so that its mean is
   * what it was.
   */
  private NDArray encode(PromptChunk chunk, NDManager manager) {
    NDArray context = encode(chunk.ids(), manager);
    if (!chunk.weighted()) {
      return context;
    }
    float[] rows = new float[chunk.weights().size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = chunk.weights().get(i).floatValue();
    }
    try (context;
        NDArray weights = manager.create(rows, new Shape(1, rows.length, 1));
        NDArray changed = context.mul(weights)) {
      return changed.mul((float) (mean(context) / mean(changed)));
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
   * A context as long as the longest of a batch: after it the context of an empty prompt, as often
   * as it takes.
   *
   * @param context (1, k, d)
   * @param length a multiple of n, at least k
   * @return (1, length, d), or the given one where it is as long
   */
  NDArray padded(NDArray context, long length) {
    long missing = length - context.getShape().get(1);
    if (missing == 0) {
      return context;
    }
    try (NDArray empty = encode(tokenizer.encode("").ids(), context.getManager())) {
      NDList chunks = new NDList(context);
      for (long k = 0; k < missing; k += empty.getShape().get(1)) {
        chunks.add(empty);
      }
      return NDArrays.concat(chunks, 1);
    }
  }
}
