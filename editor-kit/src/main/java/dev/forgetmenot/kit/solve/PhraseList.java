package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.Message;
import java.util.Collections;
import java.util.List;

/** Settings that are lists of phrases. */
public final class PhraseList {
  private PhraseList() {}

  /**
   * The phrases of a setting, each once.
   *
   * @return at least one
   * @throws IllegalArgumentException if there is none
   */
  public static List<String> of(String setting, Settings values) {
    List<String> phrases =
        values.list(setting).stream().filter(phrase -> !phrase.isEmpty()).distinct().toList();
    if (phrases.isEmpty()) {
      throw new IllegalArgumentException(setting + " names no phrase; write at least one");
    }
    return phrases;
  }

  /**
   * One text of a setting for each of {@code count} concepts: as many as there are, or one for all.
   *
   * @throws IllegalArgumentException if there are neither one nor {@code count}
   */
  public static List<String> forEach(String setting, Settings values, int count) {
    List<String> texts = values.list(setting);
    if (texts.size() == 1) {
      return Collections.nCopies(count, texts.get(0));
    }
    if (texts.size() != count) {
      throw new IllegalArgumentException(
          Message.of(
              "%s names %s for %s concepts; name one for each, or one for all",
              setting, texts.size(), count));
    }
    return texts;
  }
}
