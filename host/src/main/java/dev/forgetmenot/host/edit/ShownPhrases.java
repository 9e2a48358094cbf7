package dev.forgetmenot.host.edit;

import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is worth a line of what a general word shows. */
final class ShownPhrases {
  /** Images of 64 by which a phrase that is no instance gets a line of its own. */
  private static final double FEW = 4.0 / 64;

  private ShownPhrases() {}

  /** The instances, and whatever else shows in more than a few images before or after. */
  static List<String> of(GoalResult before, GoalResult after) {
    Set<String> phrases = new LinkedHashSet<>(before.goal().instances());
    Set<String> seen =
        Stream.of(before, after)
            .flatMap(result -> result.counts().keySet().stream())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    for (String phrase : seen) {
      if (Math.max(before.share(phrase), after.share(phrase)) >= FEW) {
        phrases.add(phrase);
      }
    }
    return List.copyOf(phrases);
  }
}
