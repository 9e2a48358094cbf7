package dev.forgetmenot.api.edit;

import java.util.List;

/**
 * What a correction is about, as the editor that makes it found it on the model. The host judges
 * the correction by it.
 *
 * @param concept the general word as a prompt says it, such as {@code a doctor}
 * @param instances phrases of the {@link KnownConcepts} that the general word stands for, the
 *     dominant one first, without the same twice; empty where an attribute is corrected
 * @param without phrases of the vocabulary whose part is taken out of the concept; usually empty
 */
public record CorrectionGoal(Concept concept, List<String> instances, List<String> without) {
  /** Copies the lists. */
  public CorrectionGoal {
    instances = List.copyOf(instances);
    without = List.copyOf(without);
    if (instances.stream().distinct().count() < instances.size()) {
      throw new IllegalArgumentException(
          "an instance of '" + concept.name() + "' is named twice: " + instances);
    }
  }
}
