package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Things that an edit is not about, spread evenly over a vocabulary. */
final class RetainSet {
  private RetainSet() {}

  /** At most {@code most} phrases of things, none of which is an excluded one. */
  static List<String> of(KnownConcepts vocabulary, Set<String> excluded, int most) {
    List<String> rest =
        vocabulary.ofStyle(false).stream()
            .map(Phrase::phrase)
            .filter(phrase -> !excluded.contains(phrase))
            .toList();
    int count = Math.min(most, rest.size());
    List<String> others = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      others.add(rest.get((int) ((long) i * rest.size() / count)));
    }
    return others;
  }
}
