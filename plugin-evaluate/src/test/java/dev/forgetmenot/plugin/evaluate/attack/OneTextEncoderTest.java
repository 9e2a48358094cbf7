package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches for words, on a model with two text encoders. */
class OneTextEncoderTest {
  private static StableDiffusion sd;

  @BeforeAll
  static void load() throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sdxl-tiny/model"), LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
  }

  static List<Attack> attacks() {
    return List.of(
        new UnlearnDiffAttack(),
        new P4dFreeAttack(),
        new P4dInsertedAttack(),
        new RingABellAttack());
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void sayBeforeTheyDrawThatTheyTakeOne(Attack attack) throws IOException {
    List<AttackRow> rows = attack.run(run(attack.name()));
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).trials()).isEmpty();
    assertThat(rows.get(0).notTested().orElseThrow())
        .contains("states of one text encoder", "this model has 2");
  }

  private static AttackRun run(String attack) {
    EvaluatedConcept fox =
        new EvaluatedConcept(
            "fox",
            "a fox",
            ConceptType.OBJECT,
            List.of("a fox"),
            Map.of("name", List.of("a photo of a fox")),
            List.of("a castle"),
            List.of(),
            Optional.empty());
    EvaluationTask task =
        new EvaluationTask(
            List.of(fox),
            List.of(),
            List.of(),
            KnownConcepts.EMPTY,
            Optional.empty(),
            List.of(),
            1,
            new EvaluationTask.Seeds(new long[] {1}, new long[0], new long[0], new long[0]),
            GenerationRequest.of(""));
    return new AttackRun(
        attack,
        AttackAim.of(fox),
        ModelState.PATCHED,
        AttackBudget.QUICK,
        new long[] {1},
        task,
        access(),
        count -> {
          throw new AssertionError("asked for images");
        },
        JobContext.NONE);
  }

  /** Has the model and nothing else. */
  private static EvaluationAccess access() {
    return (EvaluationAccess)
        Proxy.newProxyInstance(
            EvaluationAccess.class.getClassLoader(),
            new Class<?>[] {EvaluationAccess.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("compute")) {
                throw new AssertionError("called " + method.getName());
              }
              EvaluationAccess.ModelTask<?> work = (EvaluationAccess.ModelTask<?>) arguments[1];
              return sd.engine().<Object, IOException>call(() -> work.run(sd));
            });
  }
}
