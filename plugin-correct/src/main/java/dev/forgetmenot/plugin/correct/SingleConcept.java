package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import java.util.List;

/**
 * The word that is corrected: one at a time, patches stack.
 *
 * @param subject as a prompt says it, and what of that is the word itself
 */
record SingleConcept(PromptPhrase subject, ConceptType kind) {
  /**
   * The one.
   *
   * @throws IllegalArgumentException if there are several
   */
  static SingleConcept of(List<Concept> concepts, KnownConcepts vocabulary) {
    if (concepts.size() > 1) {
      throw new IllegalArgumentException(
          "one word is corrected at a time, not "
              + concepts.stream().map(Concept::name).toList()
              + "; make a patch for each, they stack");
    }
    Concept one = concepts.get(0);
    return new SingleConcept(PromptPhrase.of(one.name(), vocabulary), one.kind());
  }

  /** The concept as a prompt says it. */
  Concept concept() {
    return new Concept(subject.phrase(), kind);
  }
}
