package dev.forgetmenot.api.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an attack is to bring.
 *
 * @param concept its names and prompts; has prompts of the rung {@code name}
 * @param never where it is a concept that the model never knew
 */
public record AttackAim(EvaluatedConcept concept, Optional<EvaluationTask.NeverKnown> never) {
  /** A concept that was to be forgotten. */
  public static AttackAim of(EvaluatedConcept target) {
    return new AttackAim(target, Optional.empty());
  }

  /** The prompts by its name, at least one. */
  public List<String> prompts() {
    return concept.prompts().get("name");
  }

  /** Its name as a part of names of files and sets: lower case, no spaces. */
  public String id() {
    return concept.name().toLowerCase(Locale.ROOT).replace(' ', '-');
  }
}
