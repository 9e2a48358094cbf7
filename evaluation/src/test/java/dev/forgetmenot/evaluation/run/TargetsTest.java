package dev.forgetmenot.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchConcept;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private static final Bench EMOJI = emoji();

  private static Bench emoji() {
    try {
      return Bench.read("emoji");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> names(Targets targets) {
    return targets.concepts().stream().map(BenchConcept::name).toList();
  }

  private static EvaluationTask task(Targets targets, int seeds) {
    return new BenchTask(EMOJI, targets, EMOJI.known(), OptionalInt.of(seeds)).task("ddim");
  }

  @Test
  void targetsAreWhatThePatchesForget() {
    assertThat(names(Targets.of(EMOJI, List.of("Merlin", "a knife"), List.of())))
        .containsExactlyInAnyOrder("merlin", "knife");
    Targets some = Targets.of(EMOJI, List.of("merlin", "the moon of Saturn"), List.of());
    assertThat(names(some)).containsExactly("merlin");
    assertThat(some.unlisted()).containsExactly("the moon of Saturn");
  }

  @Test
  void aGroupIsATargetWhenAllOfItIsForgotten() {
    assertThat(names(Targets.of(EMOJI, List.of("knife"), List.of()))).containsExactly("knife");
    assertThat(names(Targets.of(EMOJI, List.of("bomb", "a knife"), List.of())))
        .containsExactlyInAnyOrder("knife", "bomb", "weapon");
  }

  @Test
  void theUserNamesOthers() {
    Targets targets = Targets.of(EMOJI, List.of("merlin"), List.of("weapon"));
    assertThat(names(targets)).containsExactly("weapon");
    assertThat(targets.forgotten())
        .extracting(BenchConcept::name)
        .containsExactlyInAnyOrder("merlin", "weapon", "knife", "bomb");
  }

  @Test
  void whatIsNotFoundIsSaidWithTheNearestNames() {
    assertThatThrownBy(() -> Targets.of(EMOJI, List.of("merlim"), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the patches forget merlim, and the list emoji has none of it")
        .hasMessageContaining("merlin");
    assertThatThrownBy(() -> Targets.of(EMOJI, List.of("merlin"), List.of("sokcer ball")))
        .hasMessageContaining("--concept 'sokcer ball' is not in the list emoji; the nearest are")
        .hasMessageContaining("soccer ball");
    assertThatThrownBy(() -> Targets.of(EMOJI, List.of(), List.of()))
        .hasMessageContaining("no patch says what it forgets");
  }

  @Test
  void whatIsForgottenIsNoNeighbour() {
    EvaluationTask task = task(Targets.of(EMOJI, List.of("merlin", "genie"), List.of("merlin")), 3);
    assertThat(task.targets()).extracting(EvaluatedConcept::name).containsExactly("merlin");
    EvaluatedConcept merlin = task.targets().get(0);
    assertThat(merlin.similar()).contains("morgana").doesNotContain("a genie", "genie");
    assertThat(merlin.prompts().keySet()).containsExactlyInAnyOrder("name", "prefix", "variant");
    assertThat(task.others())
        .extracting(EvaluatedConcept::name)
        .hasSize(131 - 2)
        .doesNotContain("merlin", "genie", "weapon");
    assertThat(task.general()).noneMatch(prompt -> prompt.contains("merlin"));
    assertThat(task.seeds().target()).containsExactly(1000, 1001, 1002);
    assertThat(task.settings().sampler()).contains("ddim");
  }

  @Test
  void aGroupIsRecognisedByItsMembers() {
    EvaluationTask task = task(Targets.of(EMOJI, List.of(), List.of("weapon")), 1);
    assertThat(task.targets().get(0).labels()).containsExactly("a knife", "a bomb");
    assertThat(task.others()).extracting(EvaluatedConcept::name).doesNotContain("knife", "bomb");
    assertThat(task.seeds().calibration()).hasSize(2);
  }
}
