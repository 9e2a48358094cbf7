package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.api.edit.KnownConcepts;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** When two texts name the same, and when a prompt names something. */
public final class ConceptNames {
  private static final Pattern ARTICLE = Pattern.compile("^(an?|the) ");

  private ConceptNames() {}

  /** A name or phrase without its article. */
  static String withoutArticle(String text) {
    String stripped = text.strip();
    return stripped.replaceFirst("(?i)^(an?|the)\\s+", "");
  }

  /** A name or phrase without case of letters, article and needless spaces. */
  public static String plain(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    return ARTICLE.matcher(lower).replaceFirst("");
  }

  /**
   * The entry of a vocabulary that a name or phrase means, in any case, with or without article.
   */
  public static Optional<KnownConcepts.Phrase> find(KnownConcepts known, String text) {
    String plain = plain(text);
    return known.phrases().stream()
        .filter(entry -> plain(entry.phrase()).equals(plain) || plain(entry.name()).equals(plain))
        .findFirst();
  }

  /** Whether a prompt holds one of some {@link #plain} names as whole words. */
  static boolean mentions(String prompt, Collection<String> names) {
    String words = prompt.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    return names.stream()
        .anyMatch(
            name ->
                Pattern.compile("(?<![\\p{L}\\p{N}])" + Pattern.quote(name) + "(?![\\p{L}\\p{N}])")
                    .matcher(words)
                    .find());
  }
}
