package dev.forgetmenot.api.edit;

import java.util.List;
import java.util.stream.Stream;

/**
 * What an edit is about. The editor of a correction says what it found on the model; the host
 * judges the edit by it. A correction has instances, or something that is taken out, or both; with
 * neither, the concept is to be forgotten.
 *
 * @param concept as a prompt says it, such as {@code a doctor}; of a correction the general word
 * @param instances phrases of the {@link KnownConcepts} that the general word stands for, the
 *     dominant one first, without the same twice; empty where an attribute is corrected
 * @param without phrases of the vocabulary whose part is taken out of the concept; usually empty
 * @param unchanged phrases of the vocabulary that the general word could stand for too and does not
 *     after the edit; under their own names they should stay as they are; usually empty
 */
public record EditGoal(
    Concept concept, List<String> instances, List<String> without, List<String> unchanged) {
  /** Copies the lists. */
  public EditGoal {
    instances = List.copyOf(instances);
    without = List.copyOf(without);
    unchanged = List.copyOf(unchanged);
    if (instances.stream().distinct().count() < instances.size()) {
      throw new IllegalArgumentException(
          "an instance of '" + concept.name() + "' is named twice: " + instances);
    }
  }

  /** A correction of all that the general word stands for. */
  public EditGoal(Concept concept, List<String> instances, List<String> without) {
    this(concept, instances, without, List.of());
  }

  /** What is drawn under its own name: the instances, then what stays unchanged. */
  public List<String> ownNames() {
    return Stream.concat(instances.stream(), unchanged.stream()).toList();
  }

  /** A concept that is to be forgotten. */
  public static EditGoal forget(Concept concept) {
    return new EditGoal(concept, List.of(), List.of());
  }

  /** Whether the concept is to be forgotten: there are no instances and nothing is taken out. */
  public boolean forgets() {
    return instances.isEmpty() && without.isEmpty();
  }
}
