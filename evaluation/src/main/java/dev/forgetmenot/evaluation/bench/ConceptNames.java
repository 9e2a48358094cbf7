package dev.forgetmenot.evaluation.bench;

import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;

/** When two texts name the same, and when a prompt names something. */
final class ConceptNames {
  private static final Pattern ARTICLE = Pattern.compile("^(an?|the) ");

  private ConceptNames() {}

  /** A name or phrase without its article. */
  static String withoutArticle(String text) {
    String stripped = text.strip();
    return stripped.replaceFirst("(?i)^(an?|the)\\s+", "");
  }

  /** A name or phrase without case of letters, article and needless spaces. */
  static String plain(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    return ARTICLE.matcher(lower).replaceFirst("");
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
