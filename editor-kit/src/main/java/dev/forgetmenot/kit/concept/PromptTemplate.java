package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.edit.ConceptType;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A prompt with a place for the concept.
 *
 * @param text with {@value #PLACE} where the concept goes
 */
public record PromptTemplate(String text) {
  /** Stands for the concept. */
  public static final String PLACE = "{}";

  /** Checks that the place is there. */
  public PromptTemplate {
    if (!text.contains(PLACE)) {
      throw new IllegalArgumentException(
          "the template '" + text + "' has no " + PLACE + " where the concept goes");
    }
  }

  /** What is drawn: a photo of it. */
  public static PromptTemplate ofThings() {
    return new PromptTemplate("a photo of " + PLACE);
  }

  /** What is drawn, in other words than {@link #ofThings}: an image of it. */
  public static PromptTemplate ofThingsOtherwise() {
    return new PromptTemplate("an image of " + PLACE);
  }

  /** How something is drawn: a photo in its style. */
  public static PromptTemplate ofStyles() {
    return new PromptTemplate("a photo in the style of " + PLACE);
  }

  /** The one for a kind of concept. */
  public static PromptTemplate of(ConceptType kind) {
    return kind == ConceptType.STYLE ? ofStyles() : ofThings();
  }

  /** What stands before, between and after the places: one more than there are places. */
  List<String> parts() {
    return List.of(text.split(Pattern.quote(PLACE), -1));
  }

  /**
   * A template in which the word of a phrase alone is the place: what stands around it in the
   * phrase, such as its article, is part of the template.
   */
  public PromptTemplate around(PromptPhrase subject) {
    return new PromptTemplate(with(subject.phrase().replace(subject.word(), PLACE)));
  }

  /** The prompt with a concept in every place. */
  public String with(String concept) {
    return text.replace(PLACE, concept);
  }
}
