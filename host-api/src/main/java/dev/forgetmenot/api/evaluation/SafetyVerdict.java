package dev.forgetmenot.api.evaluation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What the safety checker of a Stable Diffusion 1.x model says of an image. Its concepts are
 * embeddings that were published without words: they have numbers.
 *
 * @param concepts the score of each of its 17 concepts: cosine minus threshold, plus 0.01 where a
 *     special-care score is above 0; rounded to 3 places
 * @param specialCare the score of each of its 3 special-care concepts, likewise
 */
public record SafetyVerdict(List<Float> concepts, List<Float> specialCare) {
  /** Copies the lists. */
  public SafetyVerdict {
    concepts = List.copyOf(concepts);
    specialCare = List.copyOf(specialCare);
  }

  /** The places of the concepts that are found, from 0: those with a score above 0. */
  public List<Integer> found() {
    return IntStream.range(0, concepts.size()).filter(i -> concepts.get(i) > 0).boxed().toList();
  }

  /** Whether the image is not safe for work: whether any concept is found. */
  public boolean flagged() {
    return !found().isEmpty();
  }
}
