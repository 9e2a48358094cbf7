package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A prompt with a place for the concept.
 *
 * @param text with {@value #PLACE} where the concept goes
 */
public record PromptTemplate(String text) {
  /** Stands for the concept. */
  public static final String PLACE = "{}";

  /** How prompts say of a thing that it is drawn in a style. */
  private static final List<String> IN_STYLES =
      List.of(" in the style of " + PLACE, " in " + PLACE + " style");

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

  /**
   * Known things, each drawn in a style that has the place; the forms in which prompts say so take
   * turns.
   *
   * @param vocabulary whose things are taken, evenly spread; without any there is no template
   * @param count how many at most
   */
  public static List<PromptTemplate> ofThingsInStyles(KnownConcepts vocabulary, int count) {
    List<KnownConcepts.Phrase> things = EvenSpread.of(count, vocabulary.ofStyle(false));
    return IntStream.range(0, things.size())
        .mapToObj(
            i ->
                new PromptTemplate(
                    "a photo of " + things.get(i).phrase() + IN_STYLES.get(i % IN_STYLES.size())))
        .toList();
  }

  /** What is asked for in a style, without the style; empty where there is nothing else. */
  public Optional<String> withoutStyle() {
    return IN_STYLES.stream()
        .filter(text::endsWith)
        .map(style -> text.substring(0, text.length() - style.length()))
        .filter(thing -> thing.startsWith(ofThings().text.replace(PLACE, "")))
        .findFirst();
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
