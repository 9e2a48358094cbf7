package dev.forgetmenot.evaluation.bench;

import java.util.List;

/**
 * Prompts of ordinary use, for what an eraser costs all other images.
 *
 * @param seeds how many images of each prompt
 */
public record GeneralPrompts(List<Mention> prompts, int seeds) {
  /** Copies the list. */
  public GeneralPrompts {
    prompts = List.copyOf(prompts);
  }

  /** The prompts that do not ask for a concept; its own images are measured apart. */
  public List<String> without(BenchConcept concept) {
    return prompts.stream()
        .map(Mention::text)
        .filter(prompt -> !concept.isMentionedIn(prompt))
        .toList();
  }
}
