package dev.forgetmenot.api.edit;

/**
 * What is forgotten or corrected.
 *
 * @param name in words of a prompt, such as {@code a lighthouse}; not blank
 * @param kind what sort of thing it is
 */
public record Concept(String name, ConceptType kind) {
  /** Checks the name. */
  public Concept {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a concept needs a name: write it as a prompt would");
    }
  }
}
