package dev.forgetmenot.plugin.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.UceSolver;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * All evaluators on the embedded model with a closed-form eraser that turns one thing into another.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvaluatorsOnTheModelTest {
  private static final String TARGET = "merlin";
  private static final String GUIDE = "a soccer ball";

  @TempDir private static Path folder;
  private ModelAccess access;
  private EvaluationTask task;

  @BeforeAll
  void aPatch() throws IOException {
    SmallTask small = new SmallTask();
    small.settings = GenerationRequest.of("").sampled("ddim", 8);
    small.target(
        new EvaluatedConcept(
            TARGET,
            TARGET,
            ConceptType.IDENTITY,
            List.of(TARGET),
            Map.of("name", List.of("a photo of " + TARGET)),
            List.of("a dog"),
            List.of("a lion"),
            Optional.of(GUIDE)));
    small.others(ConceptType.OBJECT, "a dog", "a lion");
    small.general = List.of("a photo of a dog", "a photo of a lion", "a photo", "a dog");
    EvaluationTask built = small.build();
    task =
        new EvaluationTask(
            built.targets(),
            built.others(),
            List.of(),
            EditedModel.VOCABULARY,
            Optional.empty(),
            built.general(),
            1,
            built.seeds(),
            small.settings);
    access = new ModelAccess(small.settings, folder);
    access.edited().model().engine().run(this::erase);
  }

  private void erase() {
    var model = access.edited().model();
    KnownConcepts known = EditedModel.VOCABULARY;
    ConceptEmbeddings embeddings =
        new ConceptEmbeddings(
            new PromptEncoder(model),
            TokenSelection.PADDING,
            8,
            List.of(PromptTemplate.ofThings()));
    ConceptEmbeddings.Pairs pairs =
        embeddings.pairs(PromptPhrase.of(TARGET, known), PromptPhrase.of(GUIDE, known));
    Erasure erasure = new Erasure(TARGET, pairs.targets(), pairs.guides(), 1);
    InputUpdate edit = UceSolver.solve(List.of(erasure), List.of(), 0.1).edit();
    for (AttentionLayer layer : model.attentionSites()) {
      if (layer.cross()) {
        for (String projection : List.of("to_k", "to_v")) {
          String name = "unet/" + layer.name() + "." + projection + ".weight";
          Matrix weight = access.edited().weight(name);
          access.patch(name, weight.plus(edit.change(weight)).rowMajorFloats());
        }
      }
    }
  }

  @AfterAll
  void close() throws IOException {
    access.close();
  }

  private Measurement row(Evaluator evaluator, String measure, String part) throws IOException {
    return evaluator.measure(task, access, JobContext.NONE).stream()
        .filter(row -> row.measure().equals(measure) && row.part().startsWith(part))
        .findFirst()
        .orElseThrow();
  }

  private static double original(Measurement row) {
    return row.original().orElseThrow().value();
  }

  private static double patched(Measurement row) {
    return row.patched().orElseThrow().value();
  }

  @Test
  void theTargetIsForgottenAndBecameItsGuide() throws IOException {
    Measurement ua = row(new ForgettingEvaluator(), "UA", "name");
    assertThat(original(ua)).isEqualTo(0);
    assertThat(patched(ua)).isEqualTo(1);
    assertThat(ua.question().orElseThrow().floor().n()).isEqualTo(4);
    assertThat(row(new BecameEvaluator(), "became", "name").shares()).containsKey(GUIDE);
    assertThat(original(row(new BecameEvaluator(), "diversity", "name"))).isBetween(0.0, 1.0);
  }

  @Test
  void neighboursAndGeneralImagesAreMeasured() throws IOException {
    assertThat(original(row(new NeighboursEvaluator(), "accuracy", "all others"))).isEqualTo(1);
    assertThat(patched(row(new NeighboursEvaluator(), "drift", "similar"))).isPositive();
    assertThat(original(row(new GeneralEvaluator(), "CLIP score", ""))).isBetween(10.0, 100.0);
    assertThat(patched(row(new GeneralEvaluator(), "CMMD", ""))).isPositive();
  }

  @Test
  void textSideSaysHowFarTheConceptWent() throws IOException {
    TextSideEvaluator text = new TextSideEvaluator();
    assertThat(patched(row(text, "residual", ""))).isBetween(0.0, 0.2);
    Measurement norm = row(text, "norm", "");
    assertThat(patched(norm)).isPositive();
    long layers =
        access.compute(
            ModelState.ORIGINAL,
            model -> model.attentionSites().stream().filter(AttentionLayer::cross).count());
    assertThat(norm.patched().orElseThrow().n()).isEqualTo(2 * layers);
    assertThat(patched(row(text, "text drift", "nearest"))).isBetween(0.01, 1.0);
    assertThat(patched(row(text, "text drift", "vocabulary, worst")))
        .isGreaterThan(patched(row(text, "text drift", "vocabulary")));
    // one I + D for all: found again from the weights, to the rounding of floats
    assertThat(patched(row(text, "reciprocal condition", ""))).isBetween(1e-4, 0.9);
  }

  @Test
  void aPatchOfTheTextEncoderIsSeen() throws IOException {
    TextSideEvaluator text = new TextSideEvaluator();
    double drift = patched(row(text, "text drift", "vocabulary"));
    double residual = patched(row(text, "residual", ""));
    String bias = "text_encoder/text_model.final_layer_norm.bias";
    float[] values =
        access.compute(ModelState.ORIGINAL, model -> model.weights().base(bias).clone());
    for (int i = 0; i < values.length; i++) {
      values[i] += 0.5f;
    }
    access.patch(bias, values);
    try {
      assertThat(patched(row(text, "text drift", "vocabulary"))).isGreaterThan(drift + 0.05);
      assertThat(patched(row(text, "residual", ""))).isNotCloseTo(residual, within(0.01));
    } finally {
      access.unpatch(bias);
    }
  }

  @Test
  void attentionIsAShare() throws IOException {
    Measurement mass = row(new AttentionEvaluator(), "attention mass", "name");
    assertThat(original(mass)).isBetween(0.01, 0.9);
    assertThat(patched(mass)).isBetween(0.0, 0.9).isNotCloseTo(original(mass), within(1e-4));
  }

  @Test
  void theNameIsAvoided() throws IOException {
    AvoidOrDestroyEvaluator avoid = new AvoidOrDestroyEvaluator();
    Measurement gap = row(avoid, "gap", "");
    assertThat(original(gap)).isPositive();
    assertThat(patched(gap)).isLessThan(original(gap));
    assertThat(patched(row(avoid, "avoid", "")))
        .isCloseTo(1 - patched(gap) / original(gap), within(1e-12));
    assertThat(patched(row(avoid, "destroy", ""))).isBetween(-0.5, 0.5);
    // 4 images with and without the name, 2 others; both models; 10 times of 4 noises
    assertThat(avoid.needs(task).unetEvaluations()).isEqualTo(2 * 40 * (2 * 4 + 2));
  }

  @Test
  void wordsAreLearnedOnceAndMeasuredByTheOriginal() throws IOException {
    MScoreEvaluator score = new MScoreEvaluator(2, 2);
    List<Measurement> rows = score.measure(task, access, JobContext.NONE);
    Measurement m = rows.get(0);
    assertThat(original(m)).isBetween(-1.0, 1.0);
    assertThat(patched(m)).isBetween(-1.0, 1.0).isNotEqualTo(original(m));
    assertThat(rows.get(1).patched().orElseThrow().n()).as("3 seeds of 2 images").isEqualTo(6);
    assertThat(rows.get(1).sets())
        .as("the images that both models draw with what they learned")
        .containsExactly("learned/merlin/seed-1", "learned/merlin/seed-2", "learned/merlin/seed-3");
    assertThat(m.sets()).startsWith("reserved/merlin").containsAll(rows.get(1).sets());
    List<Path> kept = tokens();
    assertThat(kept).hasSize(6);
    for (Path file : kept) {
      int names = file.getNameCount();
      assertThat(access.titles())
          .as("the report names %s", file)
          .contains(file.subpath(names - 3, names).toString());
    }
    assertThat(EmbeddingsFile.read(kept.get(0)).tokens()).hasSize(4);
    // what lies there is read, not learned again
    Files.copy(kept.get(0), kept.get(1), StandardCopyOption.REPLACE_EXISTING);
    List<Measurement> again = score.measure(task, access, JobContext.NONE);
    assertThat(tokens()).isEqualTo(kept);
    assertThat(again.get(0).explanation()).isNotEqualTo(m.explanation());
    assertThat(new MScoreEvaluator(3, 2).measure(task, access, JobContext.NONE)).isNotEmpty();
    assertThat(tokens()).as("other steps, other files").hasSize(12);
  }

  @Test
  void neverKnownConceptsGiveMStar(@TempDir Path photos) throws IOException {
    List<NeverKnown> never = new ArrayList<>();
    for (String name : List.of("x", "y", "z")) {
      Path own = Files.createDirectories(photos.resolve(name));
      ImageSet one =
          new ImageSet(
              name,
              "",
              ImageSet.shots(List.of("a photo"), new long[] {never.size()}, "", ConceptType.OBJECT),
              true);
      PngFile.write(own.resolve("1.png"), access.images(one, ModelState.ORIGINAL).get(0), "");
      never.add(new NeverKnown(name, "a " + name, ConceptType.OBJECT, own));
    }
    EvaluationTask known =
        new EvaluationTask(
            task.targets(),
            task.others(),
            never,
            task.vocabulary(),
            task.grid(),
            task.general(),
            1,
            task.seeds(),
            task.settings());
    MScoreEvaluator score = new MScoreEvaluator(1, 1);
    int before = tokens().size();
    List<Measurement> rows = score.measure(known, access, JobContext.NONE);
    assertThat(rows).extracting(Measurement::part).containsExactly("M", "M*", "name");
    assertThat(rows.get(1).explanation()).containsPattern("M_never is( -?0\\.\\d{4}){9},");
    assertThat(tokens()).as("3 of each and of the target on both models").hasSize(before + 15);
  }

  private List<Path> tokens() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
  }
}
