package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a batch is drawn after: the prompt's embedding for each image and, with classifier-free
 * guidance (Ho and Salimans, arXiv 2207.12598), the negative prompt's before them.
 *
 * @param condition of b rows, or of 2b with the negative prompt's first; closed with this
 * @param scale w, how far to go from the negative prompt's prediction to the prompt's and beyond
 */
record Conditioning(TextCondition condition, boolean guided, double scale)
    implements AutoCloseable {

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
    try (TextCondition positive = positive(prompts, parts, manager, extensions)) {
      if (!guided) {
        return new Conditioning(TextCondition.concat(List.of(positive)), false, 1);
      }
      try (TextCondition negative =
              encode(settings.negativePrompt(), true, parts, manager, extensions);
          TextCondition negatives = negative.repeat(prompts.size())) {
        return new Conditioning(
            TextCondition.concat(List.of(negatives, positive)), true, settings.guidance());
      }
    }
  }

  /** b rows; a prompt that comes several times is encoded once. */
  private static TextCondition positive(
      List<String> prompts, ModelComponents parts, NDManager manager, ActiveExtensions extensions) {
    List<String> distinct = prompts.stream().distinct().toList();
    try (NDManager scope = manager.newSubManager()) {
      List<TextCondition> rows = new ArrayList<>();
      for (String prompt : distinct) {
        TextCondition row = encode(prompt, false, parts, scope, extensions);
        row.attach(scope);
        rows.add(row);
      }
      TextCondition all =
          distinct.size() == 1
              ? rows.get(0).repeat(prompts.size())
              : TextCondition.concat(
                  prompts.stream().map(prompt -> rows.get(distinct.indexOf(prompt))).toList());
      all.attach(manager);
      return all;
    }
  }

  private static TextCondition encode(
      String text,
      boolean negative,
      ModelComponents parts,
      NDManager manager,
      ActiveExtensions extensions) {
    List<Integer> ids = parts.tokenizer().encode(text).ids();
    NDArray context = parts.textEncoder().encode(manager, List.of(ids));
    return extensions.textCondition(TextCondition.of(context), negative);
  }

  /**
   * The context of a condition for a UNet that has no other inputs.
   *
   * @throws IllegalArgumentException if the condition has more
   */
  static NDArray context(TextCondition condition) {
    if (condition.arrays().size() > 1) {
      throw new IllegalArgumentException(
          "this UNet has no inputs for pooled embeddings and time ids; expected a text condition of"
              + " the context alone, as encodePrompts of this model makes it");
    }
    return condition.context();
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
    condition.close();
  }
}
