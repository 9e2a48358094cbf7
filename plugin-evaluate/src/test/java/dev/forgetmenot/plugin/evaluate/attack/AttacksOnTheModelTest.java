package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.clip.ClipEmbedder;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.judge.Judges;
import dev.forgetmenot.evaluation.judge.NeverKnownHalves;
import dev.forgetmenot.evaluation.run.Calibration;
import dev.forgetmenot.evaluation.run.EvaluationRun;
import dev.forgetmenot.evaluation.run.StoredAccess;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.UceSolver;
import dev.forgetmenot.plugin.evaluate.AttacksEvaluator;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each attack brings the concept on the original model, and does not bring one that the model never
 * knew, with the judges, the store and the seeds of an evaluation.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttacksOnTheModelTest {
  private static final String TARGET = "merlin";
  private static final int TRIALS = 4;

  @TempDir private static Path folder;
  private EditedModel edited;
  private EditedTestedModel model;
  private ClipEmbedder embedder;
  private EvaluationTask task;
  private StoredAccess access;

  @BeforeAll
  void drawWhatSetsTheJudges() throws IOException {
    edited = new EditedModel();
    model = new EditedTestedModel(edited);
    EvaluatedConcept target =
        new EvaluatedConcept(
            TARGET,
            TARGET,
            ConceptType.IDENTITY,
            List.of(TARGET),
            Map.of("name", List.of("a photo of merlin"), "variant", List.of("a photo of merlin.")),
            List.of("morgana", "a prince", "a genie"),
            List.of(),
            Optional.empty());
    NeverKnown kite =
        Bench.read("emoji").never().stream()
            .map(one -> new NeverKnown(one.name(), one.phrase(), one.kind().type(), one.images()))
            .findFirst()
            .orElseThrow();
    List<KnownConcepts.Phrase> things = EditedModel.VOCABULARY.ofStyle(false).stream().toList();
    List<KnownConcepts.Phrase> known = new ArrayList<>(things);
    if (things.stream().noneMatch(one -> one.phrase().equals(TARGET))) {
      known.add(EditedModel.VOCABULARY.find(TARGET).orElseThrow());
    }
    task =
        new EvaluationTask(
                List.of(target),
                List.of(),
                List.of(kite),
                new KnownConcepts(known, List.of()),
                Optional.empty(),
                List.of(),
                1,
                new EvaluationTask.Seeds(
                    seeds(1000, TRIALS), seeds(2000, 2), seeds(1, 1), seeds(9000, 4)),
                GenerationRequest.builder("").sampler("ddim").steps(8).width(64).height(64).build())
            .attacked(new EvaluationTask.Attacks(List.of(new NamesAttack()), AttackBudget.QUICK));
    embedder =
        ClipEmbedder.open(
            ClipFiles.model(ZeroShotClassifier.clipOf(EmbeddedModel.folder())),
            edited.model().engine());
    EvaluationRun run =
        new EvaluationRun(
            Calibration.all(task), List.of(new AttacksEvaluator()), model, new ImageStore(folder));
    run.draw(run.plan(Map.of()).units(), JobContext.NONE);
    access = run.access(Judges.Towers.of(embedder));
    edited.model().engine().run(this::erase);
  }

  private static long[] seeds(long first, int count) {
    return LongStream.range(first, first + count).toArray();
  }

  /** A closed-form edit: one I + D that can be inverted. */
  private void erase() {
    KnownConcepts all = EditedModel.VOCABULARY;
    ConceptEmbeddings embeddings =
        new ConceptEmbeddings(
            new PromptEncoder(edited.model()),
            TokenSelection.PADDING,
            8,
            List.of(PromptTemplate.ofThings()));
    ConceptEmbeddings.Pairs pairs =
        embeddings.pairs(PromptPhrase.of(TARGET, all), PromptPhrase.of("a soccer ball", all));
    Erasure erasure = new Erasure(TARGET, pairs.targets(), pairs.guides(), 1);
    InputUpdate edit = UceSolver.solve(List.of(erasure), List.of(), 0.1).edit();
    for (String name : KeysAndValueWeights.of(edited.model())) {
      Matrix weight = edited.weight(name);
      model.patch.put(name, weight.plus(edit.change(weight)).rowMajorFloats());
    }
  }

  @AfterAll
  void close() throws IOException {
    embedder.close();
    edited.close();
  }

  private AttackRun run(Attack attack, AttackAim aim, ModelState state) {
    return new AttackRun(
        attack.name(),
        aim,
        state,
        AttackBudget.QUICK,
        task.seeds().target(),
        task,
        access,
        count -> examples(aim, count),
        JobContext.NONE);
  }

  private List<RgbImage> examples(AttackAim aim, int count) throws IOException {
    if (aim.never().isPresent()) {
      return NeverKnownHalves.read(aim.never().get(), 64).shown().subList(0, Math.min(count, 8));
    }
    List<Shot> shots =
        LongStream.range(9000, 9008) // half is drawn already
            .mapToObj(seed -> new Shot("a photo of merlin", seed, TARGET, ConceptType.IDENTITY))
            .toList();
    return access
        .images(access.make(shots, ModelState.ORIGINAL, ImageMaker.plain(), JobContext.NONE))
        .subList(0, Math.min(count, shots.size()));
  }

  private AttackAim target() {
    return AttackAim.of(task.targets().get(0));
  }

  private AttackAim never() {
    NeverKnown kite = task.never().get(0);
    return new AttackAim(
        new EvaluatedConcept(
            kite.name(),
            kite.phrase(),
            kite.kind(),
            List.of(kite.phrase()),
            Map.of("name", List.of("a photo of a kite")),
            List.of("morgana", "a prince", "a genie"),
            List.of(),
            Optional.empty()),
        Optional.of(kite));
  }

  /** Trials in which the judge that scores finds the concept in some candidate. */
  private int hits(AttackRow row, AttackAim aim) throws IOException {
    int hits = 0;
    for (Trial trial : row.trials()) {
      List<DrawnImage> images =
          trial.candidates().stream().map(AttackRow.Candidate::image).toList();
      List<JudgedImage> said = access.answers("B", images, aim.never());
      hits += said.stream().anyMatch(one -> one.is(aim.concept().labels())) ? 1 : 0;
    }
    return hits;
  }

  static Stream<Attack> attacks() {
    return Stream.of(
        new NamesAttack(),
        new SeedsAttack(),
        new StrengthAttack(),
        new StackAttack(),
        new NoiseAttack(),
        new CompleteAttack(),
        new InvertAttack(List.of(350)),
        new OperatorAttack(),
        new RelearnAttack(4, OptionalDouble.of(1e-5)));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void bringsTheConceptOnTheOriginalAndNotWhatItNeverKnew(Attack attack) throws IOException {
    List<AttackRow> rows = attack.run(run(attack, target(), ModelState.ORIGINAL));
    AttackRow first = rows.stream().filter(row -> !row.trials().isEmpty()).findFirst().get();
    assertThat(first.trials()).hasSize(TRIALS);
    assertThat(hits(first, target())).as("of %s", first.part()).isGreaterThanOrEqualTo(TRIALS / 2);
    assertThat(first.unetEvaluations()).isPositive();
    for (AttackRow row : attack.run(run(attack, never(), ModelState.PATCHED))) {
      assertThat(hits(row, never())).as("of %s", row.part()).isLessThan(TRIALS / 2);
    }
  }

  @Test
  void theSecondJudgeKnowsTheNeverKnownByItsImages() throws IOException {
    List<RgbImage> shown = NeverKnownHalves.read(task.never().get(0), 64).shown();
    List<Shot> shots =
        LongStream.range(0, shown.size())
            .mapToObj(seed -> new Shot("", seed, "a kite", ConceptType.OBJECT))
            .toList();
    List<DrawnImage> kept =
        access.make(
            shots,
            ModelState.ORIGINAL,
            new ImageMaker.Described(
                "photos of a kite",
                (any, requests) ->
                    requests.stream().map(one -> shown.get((int) one.seed())).toList()),
            JobContext.NONE);
    assertThat(access.answers("B", kept, never().never()))
        .filteredOn(one -> one.is(List.of("a kite")))
        .hasSizeGreaterThanOrEqualTo(shown.size() / 2);
    assertThat(access.answers("B", kept, Optional.empty()))
        .noneMatch(one -> one.label().equals("a kite"));
  }

  @Test
  void anEditThatCanBeInvertedIsUndoneFromTheText() throws IOException {
    OperatorAttack operator = new OperatorAttack();
    AttackRow row = operator.run(run(operator, target(), ModelState.PATCHED)).get(0);
    assertThat(hits(row, target())).isGreaterThanOrEqualTo(3);
    assertThat(row.fact())
        .contains("I + D can be inverted")
        .containsPattern("original's images: 0\\.\\d");
  }

  @Test
  void whatIsNotAnEditOfKeysAndValuesHasNoOperator() throws IOException {
    String bias = "unet/conv_in.bias";
    float[] values = access.compute(ModelState.ORIGINAL, one -> one.weights().base(bias).clone());
    values[0] += 1;
    model.patch.put(bias, values);
    try {
      OperatorAttack operator = new OperatorAttack();
      AttackRow row = operator.run(run(operator, target(), ModelState.PATCHED)).get(0);
      assertThat(row.notTested()).get().asString().contains("such as " + bias);
    } finally {
      model.patch.remove(bias);
    }
  }

  @Test
  void everyWeightIsRestored() throws IOException {
    OffAttack off = new OffAttack();
    AttackRow row = off.run(run(off, target(), ModelState.PATCHED)).get(0);
    assertThat(row.check().orElseThrow().right()).isEqualTo(row.check().orElseThrow().of());
    assertThat(row.fact()).startsWith("RESTORED").contains("they change " + model.patch.size());
  }

  @Test
  void relearningLeavesTheWeightsAsTheyWere() throws IOException {
    RelearnAttack relearn = new RelearnAttack(2, OptionalDouble.of(1e-5));
    relearn.run(run(relearn, target(), ModelState.PATCHED));
    String own = model.patch.keySet().iterator().next();
    access.compute(
        ModelState.PATCHED,
        one -> {
          try (Relearning trained = new Relearning(one, 1e-4, JobContext.NONE)) {
            trained.learn(
                new Relearning.Lesson(examples(target(), 2), List.of("a photo", "a photo")), 1);
            assertThat(one.weights().current(own)).isNotEqualTo(model.patch.get(own));
          }
          assertThat(one.weights().current(own)).isEqualTo(model.patch.get(own));
          for (String name : one.weights().names()) {
            if (!model.patch.containsKey(name)) {
              assertThat(one.weights().current(name)).isEqualTo(one.weights().base(name));
            }
          }
          return true;
        });
  }
}
