package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.edit.KnownConcepts;
import java.util.Locale;
import java.util.Optional;

/**
 * What a prompt is about.
 *
 * @param phrase as the prompt says it, such as {@code a lighthouse}; empty for nothing
 * @param word the part of the phrase that is the subject itself, such as {@code lighthouse}
 */
public record PromptPhrase(String phrase, String word) {
  /** Checks that the word is there. */
  public PromptPhrase {
    if (!phrase.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("'" + phrase + "' does not say '" + word + "'");
    }
  }

  /**
   * A subject in words: the vocabulary's phrase or general word for it, or itself with its article
   * left out.
   */
  public static PromptPhrase of(String text, KnownConcepts vocabulary) {
    String plain = text.strip();
    Optional<KnownConcepts.Phrase> known = vocabulary.find(plain);
    if (known.isPresent() && known.get().phrase().contains(known.get().name())) {
      return new PromptPhrase(known.get().phrase(), known.get().name());
    }
    String word = bare(plain);
    Optional<String> general =
        vocabulary.generalWords().stream()
            .filter(phrase -> phrase.equalsIgnoreCase(plain) || bare(phrase).equalsIgnoreCase(word))
            .findFirst();
    return general
        .map(phrase -> new PromptPhrase(phrase, bare(phrase)))
        .orElseGet(() -> new PromptPhrase(plain, word));
  }

  private static String bare(String phrase) {
    return phrase.replaceFirst("(?i)^(an?|the)\\s+", "");
  }

  /** Whether it is nothing. */
  public boolean isEmpty() {
    return phrase.isEmpty();
  }
}
