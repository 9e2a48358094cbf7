package dev.forgetmenot.api.edit;

import java.util.List;
import java.util.Optional;

/**
 * What a model is known to draw, so that an edit can be judged and its neighbours kept. Models say
 * it in their folder, or a user names it; it may be empty.
 *
 * @param phrases things and styles that a prompt can name
 * @param generalWords phrases for several of them at once, such as {@code a person}
 */
public record KnownConcepts(List<Phrase> phrases, List<String> generalWords) {
  /** Nothing is known. */
  public static final KnownConcepts EMPTY = new KnownConcepts(List.of(), List.of());

  /** Copies the lists. */
  public KnownConcepts {
    phrases = List.copyOf(phrases);
    generalWords = List.copyOf(generalWords);
  }

  /**
   * One of the things.
   *
   * @param name without an article, such as {@code lighthouse}
   * @param phrase as a prompt says it, such as {@code a lighthouse}
   * @param kind what sort of thing
   * @param category a finer sort, such as {@code animal}; may be empty
   */
  public record Phrase(String name, String phrase, ConceptType kind, String category) {}

  /** The entry that a user means by a name or a phrase. */
  public Optional<Phrase> find(String text) {
    return phrases.stream()
        .filter(
            entry ->
                entry.name().equalsIgnoreCase(text.strip())
                    || entry.phrase().equalsIgnoreCase(text.strip()))
        .findFirst();
  }

  /** What sort of thing a name or a phrase means; an object where it is not known. */
  public ConceptType kindOf(String text) {
    return find(text).map(Phrase::kind).orElse(ConceptType.OBJECT);
  }

  /** The entries that are styles, or those that are not. */
  public List<Phrase> ofStyle(boolean style) {
    return phrases.stream().filter(entry -> (entry.kind() == ConceptType.STYLE) == style).toList();
  }
}
