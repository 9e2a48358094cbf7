package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.List;
import java.util.Optional;

/**
 * What a batch is drawn after: the prompt's embedding for each image and, with classifier-free
 * guidance (Ho and Salimans, arXiv 2207.12598), the negative prompt's before them.
 *
 * @param context (b, n, d), or (2b, n, d) with the negative prompt's in the first half
 * @param scale w, how far to go from the negative prompt's prediction to the prompt's and beyond
 */
record Conditioning(NDArray context, boolean guided, double scale) implements AutoCloseable {

  /**
   * The conditioning of a batch.
   *
   * @param settings guidance and negative prompt
   * @param prompts one an image
   */
  static Conditioning of(
      GenerationRequest settings,
      List<String> prompts,
      ModelComponents parts,
      NDManager manager,
      ActiveExtensions extensions) {
    boolean guided = settings.guidance() > 1;
    try (NDArray positive = positive(prompts, parts, manager, extensions)) {
      if (!guided) {
        return new Conditioning(positive.duplicate(), false, 1);
      }
      try (NDArray negative = encode(settings.negativePrompt(), true, parts, manager, extensions);
          NDArray negatives = negative.repeat(0, prompts.size())) {
        return new Conditioning(negatives.concat(positive, 0), true, settings.guidance());
      }
    }
  }

  /** (b, n, d); a prompt that comes several times is encoded once. */
  private static NDArray positive(
      List<String> prompts, ModelComponents parts, NDManager manager, ActiveExtensions extensions) {
    List<String> distinct = prompts.stream().distinct().toList();
    try (NDManager scope = manager.newSubManager()) {
      NDList rows = new NDList();
      for (String prompt : distinct) {
        NDArray embedding = encode(prompt, false, parts, scope, extensions);
        embedding.attach(scope);
        rows.add(embedding);
      }
      if (distinct.size() == 1) {
        NDArray repeated = rows.get(0).repeat(0, prompts.size());
        repeated.attach(manager);
        return repeated;
      }
      NDList chosen = new NDList();
      prompts.forEach(prompt -> chosen.add(rows.get(distinct.indexOf(prompt))));
      NDArray all = NDArrays.concat(chosen, 0);
      all.attach(manager);
      return all;
    }
  }

  private static NDArray encode(
      String text,
      boolean negative,
      ModelComponents parts,
      NDManager manager,
      ActiveExtensions extensions) {
    List<Integer> ids = parts.tokenizer().encode(extensions.prompt(text, negative)).ids();
    return extensions.textEmbedding(parts.textEncoder().encode(manager, List.of(ids)), negative);
  }

  /**
   * What an extension makes of both predictions, or else ε̃ = ε(negative) + w · (ε(prompt) −
   * ε(negative)).
   *
   * @param both (2b, c, h, w)
   * @return (b, c, h, w), a new array
   */
  NDArray guide(NDArray both, int step, ActiveExtensions extensions) {
    long batch = both.getShape().get(0) / 2;
    try (NDArray negative = both.get("0:" + batch);
        NDArray prompt = both.get(batch + ":")) {
      Optional<NDArray> combined = extensions.guidance(step, negative, prompt, scale);
      if (combined.isEmpty()) {
        return guided(negative, prompt);
      }
      NDArray given = combined.get();
      return given == negative || given == prompt ? given.duplicate() : given;
    }
  }

  private NDArray guided(NDArray negative, NDArray prompt) {
    try (NDArray difference = prompt.sub(negative);
        NDArray scaled = difference.mul((float) scale)) {
      return negative.add(scaled);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
