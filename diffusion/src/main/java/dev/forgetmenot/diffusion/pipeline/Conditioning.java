package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.List;

/**
 * What a batch is drawn after: the prompt's embedding for each picture and, with classifier-free
 * guidance (Ho and Salimans, arXiv 2207.12598), the negative prompt's before them.
 *
 * @param context (b, n, d), or (2b, n, d) with the negative prompt's in the first half
 * @param scale w, how far to go from the negative prompt's prediction to the prompt's and beyond
 */
record Conditioning(NDArray context, boolean guided, double scale) implements AutoCloseable {

  static Conditioning of(
      GenerationRequest request, ModelParts parts, NDManager manager, ExtensionRuns extensions) {
    boolean guided = request.guidance() > 1;
    NDArray positive = encode(request.prompt(), false, parts, manager, extensions);
    try (NDArray prompt = positive;
        NDArray prompts = prompt.repeat(0, request.count())) {
      if (!guided) {
        return new Conditioning(prompts.duplicate(), false, 1);
      }
      try (NDArray negative = encode(request.negativePrompt(), true, parts, manager, extensions);
          NDArray negatives = negative.repeat(0, request.count())) {
        return new Conditioning(negatives.concat(prompts, 0), true, request.guidance());
      }
    }
  }

  private static NDArray encode(
      String text,
      boolean negative,
      ModelParts parts,
      NDManager manager,
      ExtensionRuns extensions) {
    List<Integer> ids = parts.tokenizer().encode(extensions.prompt(text, negative)).ids();
    return extensions.textEmbedding(parts.textEncoder().encode(manager, List.of(ids)), negative);
  }

  /**
   * ε̃ = ε(negative) + w · (ε(prompt) − ε(negative)).
   *
   * @param both (2b, c, h, w)
   * @return (b, c, h, w)
   */
  NDArray guide(NDArray both) {
    long batch = both.getShape().get(0) / 2;
    try (NDArray negative = both.get("0:" + batch);
        NDArray prompt = both.get(batch + ":");
        NDArray difference = prompt.sub(negative);
        NDArray scaled = difference.mul((float) scale)) {
      return negative.add(scaled);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
