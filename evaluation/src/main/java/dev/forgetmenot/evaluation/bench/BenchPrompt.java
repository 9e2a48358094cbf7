package dev.forgetmenot.evaluation.bench;

/**
 * A prompt of a concept, with places for names: <code>{}</code> is the concept's phrase, <code>
 * {member}</code> each member of a broad concept, <code>{thing}</code> each thing of the grid.
 *
 * @param language a code such as {@code de} on the rung {@link Rung#LANGUAGES}, else empty
 */
public record BenchPrompt(Rung rung, String language, Mention template) {
  /** The place of the concept's phrase. */
  static final String NAME = "{}";

  /** The place of a member of a broad concept. */
  static final String MEMBER = "{member}";

  /** The place of a thing of the grid. */
  static final String THING = "{thing}";

  /** The place of a style, in the grid's prompt alone. */
  static final String STYLE = "{style}";

  /** The prompt as it was written. */
  public String text() {
    return template.text();
  }
}
