package dev.forgetmenot.patching.gate;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.patch.Manifest;
import java.util.ArrayList;
import java.util.List;

/**
 * How close prompts are to what patches are about: the largest cosine between the pooled text
 * embedding of a prompt, which is the last hidden state at its end-of-text, and those of the
 * prompts of a patch's intent. For the engine thread, as long as the text encoder is the base's.
 */
public final class PromptSimilarity {
  private final PromptEncoder encoder;

  /**
   * A gate on a model.
   *
   * @param base a model whose text encoder and vocabulary no patch has changed
   */
  public PromptSimilarity(DiffusionModel base) {
    encoder = new PromptEncoder(base);
  }

  /**
   * How close the closest of some prompts is.
   *
   * @param prompts prompt and negative prompt; empty ones are of nothing and are ignored
   * @param manifest of the patch
   * @return −1 to 1; −1 where there is no text
   */
  public double closeness(List<String> prompts, Manifest manifest) {
    List<String> about =
        manifest.intent().concepts().stream()
            .flatMap(concept -> concept.prompts().stream())
            .distinct()
            .toList();
    double closest = -1;
    List<double[]> targets = pooled(about);
    for (double[] prompt : pooled(prompts.stream().filter(p -> !p.isBlank()).toList())) {
      for (double[] target : targets) {
        closest = Math.max(closest, cosine(prompt, target));
      }
    }
    return closest;
  }

  /** Too long a prompt is cut, as the model cuts it. */
  private List<double[]> pooled(List<String> prompts) {
    List<TokenizedPrompt> tokens = prompts.stream().map(encoder.model()::tokenize).toList();
    List<double[]> rows = new ArrayList<>();
    for (EncodedPrompt prompt : encoder.encodeTokens(tokens)) {
      rows.add(prompt.columns(List.of(prompt.prompt().lastEnd())).column(0));
    }
    return rows;
  }

  private static double cosine(double[] a, double[] b) {
    double product = 0;
    double sizeA = 0;
    double sizeB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      sizeA += a[i] * a[i];
      sizeB += b[i] * b[i];
    }
    return product / Math.sqrt(sizeA * sizeB);
  }
}
