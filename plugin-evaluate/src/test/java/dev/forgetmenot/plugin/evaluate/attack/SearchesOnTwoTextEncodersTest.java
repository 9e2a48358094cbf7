package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.BaseTextEncoder;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizerIdentity;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.api.training.InputGradients.Embedded;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.plugin.evaluate.attack.FoundPrompts.Asked;
import dev.forgetmenot.plugin.evaluate.attack.PromptSearch.Searched;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches for words, on a model with two text encoders. */
class SearchesOnTwoTextEncodersTest {
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
  void sayBeforeTheyDrawThatTheyTakeOneVocabulary(Attack attack) throws IOException {
    TokenizerIdentity own = sd.base().textEncoders().get(0).tokenizer();
    BaseModel base =
        new BaseModel(
            sd.base().tensors(),
            List.of(
                new BaseTextEncoder("text_encoder", own),
                new BaseTextEncoder("text_encoder_2", TokenizerIdentity.of("00", "00"))),
            sd.base().architecture(),
            sd.base().label());
    DiffusionModel other = answering(DiffusionModel.class, "base", arguments -> base);
    List<AttackRow> rows = attack.run(run(attack.name(), other));
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).trials()).isEmpty();
    assertThat(rows.get(0).notTested().orElseThrow())
        .contains("chooses words by their ids", "of text_encoder and text_encoder_2");
  }

  @Test
  void wordsHaveTheRowsOfBothSideBySide() throws IOException {
    sd.engine()
        .run(
            () -> {
              SearchWords words = SearchWords.of(sd);
              try (NDManager manager = sd.newManager();
                  InputGradients gradients = sd.inputGradients(false);
                  Embedded text =
                      gradients.embed(List.of(sd.tokenizer().framed(words.chosen(5, 9))))) {
                NDArray table = words.table(sd, manager);
                assertThat(table.getShape().get(0)).isEqualTo(words.size());
                assertThat(table.get("5").toFloatArray())
                    .isEqualTo(text.rows().get("0, 1").toFloatArray());
                assertThat(table.get("9").toFloatArray())
                    .isEqualTo(text.rows().get("0, 2").toFloatArray());
              }
            });
  }

  @Test
  void aSearchFollowsTheGradientsOfBoth() throws IOException {
    UnlearnDiffAttack attack = new UnlearnDiffAttack(new UnlearnDiffAttack.Effort(500, 500, 1, 3));
    AttackRun run = run(attack.name(), sd);
    NoisedImage image =
        sd.engine().call(() -> NoisedImage.of(sd.noise(3).normal(numbers(sd)), sd.noiseSchedule()));
    SearchWords words = sd.engine().call(() -> SearchWords.of(sd));
    List<List<Asked>> found = attack.search(new Searched(run, List.of(0), words, List.of(image)));
    assertThat(found).hasSize(1);
    assertThat(found.get(0)).hasSize(1);
    assertThat(found.get(0).get(0).prompt())
        .endsWith("a photo of a fox")
        .hasSizeGreaterThan("a photo of a fox".length());
  }

  private static int numbers(DiffusionModel model) {
    int[] shape = model.latentShape();
    return shape[0] * shape[1] * shape[2];
  }

  /** Something that answers one question and no other. */
  private static <T> T answering(Class<T> type, String question, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (!method.getName().equals(question)) {
                throw new AssertionError("called " + method.getName());
              }
              return answer.to(arguments);
            }));
  }

  /** What is answered. */
  private interface Answer {
    Object to(Object... arguments) throws IOException;
  }

  private static AttackRun run(String attack, DiffusionModel model) {
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
        access(model),
        count -> {
          throw new AssertionError("asked for images");
        },
        JobContext.NONE);
  }

  /** Has the model and nothing else. */
  private static EvaluationAccess access(DiffusionModel model) {
    return answering(
        EvaluationAccess.class,
        "compute",
        arguments -> {
          EvaluationAccess.ModelTask<?> work = (EvaluationAccess.ModelTask<?>) arguments[1];
          return sd.engine().<Object, IOException>call(() -> work.run(model));
        });
  }
}
