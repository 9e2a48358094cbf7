package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.api.edit.ConceptType;
import java.util.Locale;

/** What sort of concept a list asks for. */
public enum ConceptKind {
  /** Someone: a person or a character. */
  IDENTITY(ConceptType.IDENTITY),
  /** Something. */
  OBJECT(ConceptType.OBJECT),
  /** How things are drawn. */
  STYLE(ConceptType.STYLE),
  /** A group of things that are forgotten together. */
  BROAD(ConceptType.OBJECT);

  private final ConceptType type;

  ConceptKind(ConceptType type) {
    this.type = type;
  }

  /** The word of lists: {@code identity}, {@code object}, {@code style}, {@code broad}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How a prompt names such a concept; the members of a broad one are objects. */
  public ConceptType type() {
    return type;
  }
}
