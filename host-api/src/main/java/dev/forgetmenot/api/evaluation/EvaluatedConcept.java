package dev.forgetmenot.api.evaluation;

import dev.forgetmenot.api.edit.ConceptType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A concept of a ConceptBench list.
 *
 * @param name unique in the list
 * @param phrase as a prompt says it
 * @param kind what sort of thing it is
 * @param labels what counts as recognised: the phrase, or the members of a broad concept
 * @param prompts by rung ({@code name}, {@code prefix}, {@code variant}, {@code short}, {@code
 *     long}, {@code languages}), with all names in; a rung may be missing
 * @param similar near neighbours, which should stay: phrases
 * @param random further neighbours: phrases
 * @param guide what the list says that a patch may put in its place: a phrase
 */
public record EvaluatedConcept(
    String name,
    String phrase,
    ConceptType kind,
    List<String> labels,
    Map<String, List<String>> prompts,
    List<String> similar,
    List<String> random,
    Optional<String> guide) {
  /** Copies lists and map. */
  public EvaluatedConcept {
    labels = List.copyOf(labels);
    prompts = Map.copyOf(prompts);
    similar = List.copyOf(similar);
    random = List.copyOf(random);
  }
}
