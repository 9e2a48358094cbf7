package dev.forgetmenot.correct;

import dev.forgetmenot.api.edit.Concept;
import java.util.List;

/** Corrections are made one word at a time; their patches stack. */
final class OneWord {
  private OneWord() {}

  /**
   * The one.
   *
   * @throws IllegalArgumentException if there are several
   */
  static Concept of(List<Concept> concepts) {
    if (concepts.size() > 1) {
      throw new IllegalArgumentException(
          "one word is corrected at a time, not "
              + concepts.stream().map(Concept::name).toList()
              + "; make a patch for each, they stack");
    }
    return concepts.get(0);
  }
}
