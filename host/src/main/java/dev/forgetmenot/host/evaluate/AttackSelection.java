package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.EvaluationTask.Attacks;
import dev.forgetmenot.evaluation.bench.AttackChoice;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.Mention;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Suggestions;
import java.util.List;
import java.util.Optional;

/**
 * Which attacks a user wants.
 *
 * @param names of attacks; empty for what the list says
 * @param budget empty for what the list says
 */
public record AttackSelection(List<String> names, Optional<AttackBudget> budget) {
  /** What the list says. */
  public static final AttackSelection OF_LIST = new AttackSelection(List.of(), Optional.empty());

  /** Copies the list. */
  public AttackSelection {
    names = List.copyOf(names);
  }

  /**
   * The attacks, in the order of the report.
   *
   * @param all that the installed plugins have
   * @throws IllegalArgumentException if one is named that is not there, or the list has settings
   *     that no attack has
   */
  public Attacks of(Bench bench, List<Attack> all) {
    if (!bench.attacks().settings().isEmpty()) {
      throw new IllegalArgumentException(
          Message.of(
              "the list %s sets %s, and attacks have no settings but their budget: leave set out",
              bench.name(), bench.attacks().settings().keySet()));
    }
    List<String> wanted =
        names.isEmpty() ? bench.attacks().only().stream().map(Mention::text).toList() : names;
    List<String> known = all.stream().map(Attack::name).toList();
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            known.isEmpty()
                ? Message.of("no installed plugin brings attacks, such as '%s'", name)
                : Message.of(
                    "no attack is named '%s'; the nearest of %s is %s",
                    name, known, Suggestions.of(name, known).get(0)));
      }
    }
    return new Attacks(
        all.stream()
            .filter(one -> wanted.isEmpty() ? one.byDefault() : wanted.contains(one.name()))
            .toList(),
        budget.orElseGet(() -> listed(bench)));
  }

  private static AttackBudget listed(Bench bench) {
    AttackChoice.Preset preset = bench.attacks().preset();
    return preset == AttackChoice.Preset.NONE ? AttackBudget.QUICK : AttackBudget.of(preset.word());
  }
}
