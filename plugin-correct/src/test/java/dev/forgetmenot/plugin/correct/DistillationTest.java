package dev.forgetmenot.plugin.correct;

import static dev.forgetmenot.plugin.correct.TinyModel.ANIMAL;
import static dev.forgetmenot.plugin.correct.TinyModel.ONE_ROW;
import static dev.forgetmenot.plugin.correct.TinyModel.VOCABULARY;
import static dev.forgetmenot.plugin.correct.TinyModel.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patching.linear.Matrix;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole jobs of the distillation on the tiny model. */
class DistillationTest {
  private static final Map<String, String> GIVEN =
      with(
          with(
              ONE_ROW,
              "balance",
              "lion,bear",
              "num-images",
              "2",
              "steps",
              "5",
              "train-batch-size",
              "2"),
          "eval-images",
          "4",
          "eval-steps",
          "1",
          "adjust-every",
          "2");

  @TempDir Path folder;
  private TinyModel tiny;

  @BeforeEach
  void load() throws IOException {
    tiny = new TinyModel();
  }

  /** Two images of each instance, where it does not matter that the model draws them. */
  private Map<String, String> onImages(String... more) throws IOException {
    int grey = 0;
    for (String name : List.of("a lion", "a bear")) {
      Path own = Files.createDirectories(folder.resolve("pictures").resolve(name));
      for (String file : List.of("1.png", "2.png")) {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        grey += 40;
        for (int i = 0; i < 32 * 32; i++) {
          image.setRGB(i % 32, i / 32, 0x010203 * grey + i % 16);
        }
        ImageIO.write(image, "png", own.resolve(file).toFile());
      }
    }
    return with(with(GIVEN, "image-dir", folder.resolve("pictures").toString()), more);
  }

  @AfterEach
  void free() throws IOException {
    tiny.close();
  }

  /** Sees nothing but lions. */
  private static Listener listener() {
    return new Listener(VOCABULARY)
        .judgedBy(new RuledJudge(List.of(), images -> RuledJudge.seen(Map.of("a lion", images))));
  }

  private PatchDraft edit(Map<String, String> given, Listener context) throws IOException {
    return tiny.edit(new Distillation(), given, context, ANIMAL);
  }

  private static Map<String, LowRank> factors(PatchDraft draft) {
    return ((LowRankEdit) draft.edits().get(0)).factors();
  }

  private static Matrix down(LowRank factor) {
    return Matrix.of(factor.rank(), factor.inputs(), factor.down());
  }

  private static Matrix up(LowRank factor) {
    return Matrix.of(factor.outputs(), factor.rank(), factor.up());
  }

  private static void assertSameBits(PatchDraft found, PatchDraft expected) {
    Map<String, LowRank> others = factors(found);
    assertThat(others.keySet()).isEqualTo(factors(expected).keySet());
    factors(expected)
        .forEach(
            (name, factor) -> {
              assertThat(others.get(name).up()).as(name).isEqualTo(factor.up());
              assertThat(others.get(name).down()).as(name).isEqualTo(factor.down());
            });
  }

  @Test
  void theWordAloneIsReadAndInstancesKeepTheirKeysAndValues() throws IOException {
    Listener context = listener();
    Map<String, float[]> before = tiny.weights();
    PatchDraft draft = edit(onImages("rank", "1"), context);
    tiny.weights()
        .forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
    assertThat(context.losses).hasSize(5).allMatch(loss -> loss > 0);
    assertThat(draft.edits()).hasSize(1);
    assertThat(factors(draft).keySet()).containsExactlyInAnyOrderElementsOf(tiny.keysAndValues());
    LowRank first = factors(draft).values().iterator().next();
    Matrix word = tiny.row("an animal");
    for (Map.Entry<String, LowRank> entry : factors(draft).entrySet()) {
      LowRank factor = entry.getValue();
      assertThat(factor.down()).as("the same rows everywhere").isEqualTo(first.down());
      Matrix change = up(factor).times(down(factor)).times(factor.alpha() / factor.rank());
      assertThat(change.times(word).norm()).as(entry.getKey()).isGreaterThan(1e-3);
      for (String kept : List.of("a lion", "a bear")) {
        Matrix row = tiny.row(kept);
        assertThat(down(factor).times(row).norm())
            .as(kept)
            .isLessThan(1e-5 * down(factor).norm() * row.norm());
        Matrix weight = tiny.weight(entry.getKey(), true);
        assertThat(change.times(row).norm()).as(kept).isLessThan(1e-5 * weight.times(row).norm());
      }
    }
    assertThat(down(first).times(word).norm()).as("coefficients of the word").isBetween(0.9, 1.1);
  }

  @Test
  void theRecipeSaysWhatWasTrainedOn() throws IOException {
    Listener context = listener();
    PatchDraft draft = edit(GIVEN, context);
    assertThat(draft.recipe().method()).isEqualTo("distill");
    assertThat(draft.recipe().steps()).isEqualTo(5);
    assertThat(draft.recipe().trainingImages()).hasSize(4).doesNotHaveDuplicates();
    Map<String, String> recipe = draft.recipe().parameters();
    assertThat(recipe)
        .containsEntry("instances", "a lion=0.500,a bear=0.500")
        .containsEntry("learning-rate", "0.02")
        .containsEntry("images-from", "the model");
    String[] proportions = recipe.get("proportions").split("\\|", -1);
    assertThat(Double.parseDouble(proportions[0]))
        .as("lions, of which there are too many")
        .isLessThan(0.4);
    assertThat(Double.parseDouble(proportions[1])).isGreaterThan(0.6);
    assertThat(context.said)
        .anyMatch(line -> line.startsWith("step 2: shares 1.00|0.00, trained on from here by 0."))
        .anyMatch(line -> line.startsWith("step 4: shares 1.00|0.00"));
    assertThat(context.goals)
        .containsExactly(
            new EditGoal(
                new Concept("an animal", ConceptType.OBJECT),
                List.of("a lion", "a bear"),
                List.of()));
    assertThat(draft.name()).isEqualTo("correct-animal");
    assertThat(draft.intent().operation()).isEqualTo("correct");
    assertThat(draft.intent().concepts().get(0).prompts()).containsExactly("a photo of an animal");
  }

  @Test
  void aStoppedJobGoesOnWithTheSameBitsAndProportions() throws IOException {
    Map<String, String> given = onImages();
    PatchDraft whole = edit(given, listener());
    Path state = folder.resolve("state.safetensors");
    assertThatThrownBy(() -> edit(given, listener().stoppingAfter(3, state)))
        .isInstanceOf(CancellationException.class);
    assertThat(state).exists();
    tiny.close();
    load();
    Listener resumed = listener().resuming(state);
    PatchDraft found = edit(given, resumed);
    assertThat(resumed.losses).hasSize(2);
    assertSameBits(found, whole);
    assertThat(found.recipe().parameters()).isEqualTo(whole.recipe().parameters());
    assertThatThrownBy(
            () -> edit(with(given, "balance", "lion=3,bear"), listener().resuming(state)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("balance was lion, bear then and is lion=3, bear now");
  }

  @Test
  void withoutAJudgeTheWantedSharesAreTrainedOn() throws IOException {
    Listener context = new Listener(VOCABULARY);
    PatchDraft draft = edit(onImages("balance", "lion=3,bear", "steps", "3"), context);
    assertThat(draft.recipe().parameters()).containsEntry("proportions", "0.750|0.250");
    assertThat(context.said).noneMatch(line -> line.startsWith("step 2: shares"));
  }

  @Test
  void anEstimateLeavesTheModelAndSaysNothing() throws IOException {
    Listener context = listener();
    Map<String, float[]> before = tiny.weights();
    EditEstimate estimate =
        tiny.estimate(new Distillation(), with(GIVEN, "steps", "1000"), context);
    assertThat(estimate.time()).isPositive();
    assertThat(estimate.lines().get(0)).startsWith("1000 steps of ");
    assertThat(context.said).isEmpty();
    assertThat(context.losses).isEmpty();
    tiny.weights()
        .forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
  }

  @Test
  void wrongUseIsSaid() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> edit(with(GIVEN, "balance", "lion"), listener()))
        .withMessageContaining("two instances or more");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tiny.edit(
                    new Distillation(),
                    GIVEN,
                    listener(),
                    ANIMAL,
                    new Concept("plant", ConceptType.OBJECT)))
        .withMessageStartingWith("one word is corrected at a time");
  }
}
