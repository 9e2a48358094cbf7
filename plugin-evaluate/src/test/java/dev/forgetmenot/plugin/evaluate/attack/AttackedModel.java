package dev.forgetmenot.plugin.evaluate.attack;

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
import dev.forgetmenot.evaluation.measure.KeysAndValueWeights;
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
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The embedded model with a closed-form edit, and the judges, the store and the seeds of an
 * evaluation.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AttackedModel {
  static final String TARGET = "merlin";
  static final int TRIALS = 4;

  @TempDir private static Path folder;
  EditedModel edited;
  EditedTestedModel model;
  ClipEmbedder embedder;
  EvaluationTask task;
  StoredAccess access;

  @BeforeAll
  void drawWhatSetsTheJudges() throws IOException {
    edited = new EditedModel();
    model = new EditedTestedModel(edited);
    edited.model().engine().run(this::erase);
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

  AttackRun run(Attack attack, AttackAim aim, ModelState state) {
    return run(attack, aim, state, AttackBudget.QUICK);
  }

  AttackRun run(Attack attack, AttackAim aim, ModelState state, AttackBudget budget) {
    return new AttackRun(
        attack.name(),
        aim,
        state,
        budget,
        task.seeds().target(),
        task,
        access,
        count -> examples(aim, count),
        JobContext.NONE);
  }

  List<RgbImage> examples(AttackAim aim, int count) throws IOException {
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

  AttackAim target() {
    return AttackAim.of(task.targets().get(0));
  }

  AttackAim never() {
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
  int hits(AttackRow row, AttackAim aim) throws IOException {
    int hits = 0;
    for (Trial trial : row.trials()) {
      List<DrawnImage> images =
          trial.candidates().stream().map(AttackRow.Candidate::image).toList();
      List<JudgedImage> said = access.answers("B", images, aim.never());
      hits += said.stream().anyMatch(one -> one.is(aim.concept().labels())) ? 1 : 0;
    }
    return hits;
  }
}
