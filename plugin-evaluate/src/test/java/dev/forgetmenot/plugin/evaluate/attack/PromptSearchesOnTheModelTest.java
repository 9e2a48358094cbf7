package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.ModelState;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Searches for prompts bring the concept on the original model, and do not bring one that the model
 * never knew.
 */
class PromptSearchesOnTheModelTest extends AttackedModel {
  private static int soft;

  static Stream<Attack> attacks() {
    return Stream.of(
        new UnlearnDiffAttack(new UnlearnDiffAttack.Effort(50, 100, 10, 10)),
        new P4dFreeAttack(new P4dSearch.Effort(6, 50)),
        new P4dInsertedAttack(new P4dSearch.Effort(6, 50)),
        new RingABellAttack(new RingABellAttack.Effort(64, 200)),
        new RingABellSoftAttack(),
        new RingABellSoftAttack(),
        new RingABellAttack(new RingABellAttack.Effort(64, 201)));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void explore(Attack attack) throws IOException {
    if (attack instanceof RingABellSoftAttack && soft++ == 1) {
      System.setProperty("instead", "true");
      System.err.println("explore: instead");
    }
    for (ModelState state : new ModelState[] {ModelState.ORIGINAL, ModelState.PATCHED}) {
      long start = System.nanoTime();
      for (AttackRow row : attack.run(run(attack, target(), state))) {
        report(attack, "target " + state, row, hits(row, target()), start);
      }
    }
    long start = System.nanoTime();
    for (AttackRow row : attack.run(run(attack, never(), ModelState.PATCHED))) {
      report(attack, "never", row, hits(row, never()), start);
    }
    assertThat(true).isTrue();
  }

  private static void report(Attack attack, String what, AttackRow row, int hits, long start) {
    System.err.printf(
        "explore: %s %s: %d of %d, %d U, %.1f s: %s%n",
        attack.name(),
        what,
        hits,
        row.trials().size(),
        row.unetEvaluations(),
        (System.nanoTime() - start) / 1e9,
        row.fact());
    row.trials()
        .forEach(
            trial ->
                System.err.println(
                    "explore:    "
                        + trial.candidates().size()
                        + " "
                        + trial
                            .candidates()
                            .get(trial.candidates().size() - 1)
                            .image()
                            .shot()
                            .prompt()));
  }
}
