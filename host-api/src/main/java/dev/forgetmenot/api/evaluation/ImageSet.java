package dev.forgetmenot.api.evaluation;

import dev.forgetmenot.api.edit.ConceptType;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Images that are measured together. Sets of several evaluators may share images: each is drawn
 * once. Evaluators may ask for the same set, which then has the same id and is equal.
 *
 * @param id unique in an evaluation: lower case words joined by hyphens and slashes, such as {@code
 *     name/lighthouse}
 * @param title for people, such as {@code "a lighthouse", rung name}
 * @param shots what is drawn, in order
 * @param originalOnly whether the patched model does not draw it
 */
public record ImageSet(String id, String title, List<Shot> shots, boolean originalOnly) {
  /** Copies the list. */
  public ImageSet {
    shots = List.copyOf(shots);
  }

  /**
   * One image. All else (sampler, steps, guidance, size) is the same in a whole evaluation.
   *
   * @param prompt what is asked for
   * @param seed of its noise, in [0, 2⁶³)
   * @param label what a judge should find on it: a phrase of the vocabulary; empty for none
   * @param kind which labels a judge chooses from: styles for {@link ConceptType#STYLE}, else
   *     things
   */
  public record Shot(String prompt, long seed, String label, ConceptType kind) {}

  /** Images of prompts at seeds, prompt by prompt, all with one label. */
  public static List<Shot> shots(
      List<String> prompts, long[] seeds, String label, ConceptType kind) {
    return prompts.stream()
        .flatMap(
            prompt -> LongStream.of(seeds).mapToObj(seed -> new Shot(prompt, seed, label, kind)))
        .toList();
  }
}
