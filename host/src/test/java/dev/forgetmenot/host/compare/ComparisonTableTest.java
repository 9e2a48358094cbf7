package dev.forgetmenot.host.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a comparison says of methods that forget, and of methods that correct. */
class ComparisonTableTest {
  private static final Concept BEAR = new Concept("a bear", ConceptType.OBJECT);
  private static final Evaluation.Size SIZE = new Evaluation.Size(20, 1, 2, 4000, 20);

  private static EvaluationResult.Row row(String phrase, int grey, String... seen) {
    byte[] rgb = {(byte) grey, (byte) grey, (byte) grey};
    return new EvaluationResult.Row(
        phrase, Collections.nCopies(seen.length, new RgbImage(1, 1, rgb)), List.of(seen));
  }

  private static String[] seen(int brown, int polar, int of) {
    List<String> seen = new ArrayList<>(Collections.nCopies(of, "a bear"));
    Collections.fill(seen.subList(0, brown), "a brown bear");
    Collections.fill(seen.subList(brown, brown + polar), "a polar bear");
    return seen.toArray(String[]::new);
  }

  private static EvaluationResult result(EditGoal goal, int grey, int brown, int polar) {
    List<EvaluationResult.Row> instances = new ArrayList<>();
    for (String name : goal.instances()) {
      instances.add(row(name, 0, name, polar > 0 ? "a cat" : name));
    }
    return new EvaluationResult(
        List.of(
            new GoalResult(
                goal, row("a bear", 0, seen(brown, polar, 20)), instances, List.of(), List.of())),
        List.of(row("a cup", grey, "a cup", grey > 0 ? "a dog" : "a cup")));
  }

  private static ComparisonTable table(EditGoal goal, EvaluationResult before) {
    Evaluation evaluation = new Evaluation(List.of(goal), List.of("a cup"), SIZE);
    return new ComparisonTable(
        new Concept("bear", ConceptType.OBJECT), evaluation, before, Optional.empty());
  }

  @Test
  void correctionsHaveSharesAndFalls() {
    EditGoal goal = new EditGoal(BEAR, List.of("a brown bear", "a polar bear"), List.of());
    ComparisonTable table = table(goal, result(goal, 0, 20, 0));
    assertThat(table.add("some", 1.25, 2048, result(goal, 7, 9, 8)))
        .isEqualTo("| some | 1.3 | 2.0 KiB | 45 % | 40 % | -50.0 | -50.0 | 7.0 |");
    assertThat(table.markdown())
        .startsWith(
            "### a bear: a brown bear, a polar bear\n\n\"a photo of a bear\", 20 images; 10 of")
        .contains("| untouched | 0.0 | 0.0 KiB | 100 % | 0 % | +0.0 | +0.0 | 0.0 |\n");
    assertThat(table.sheet().rows())
        .extracting(row -> row.label() + "|" + row.note() + "|" + row.left().size())
        .containsExactly(
            "untouched|a brown bear 20/20, a polar bear 0/20|8",
            "some|a brown bear 9/20, a polar bear 8/20|8");
  }

  /** Calls every image the same. */
  private record Always(String word) implements ImageClassifier {
    @Override
    public List<String> things() {
      return List.of(word);
    }

    @Override
    public List<String> styles() {
      return List.of();
    }

    @Override
    public List<String> classify(List<RgbImage> images) {
      return Collections.nCopies(images.size(), word);
    }

    @Override
    public List<String> classifyStyle(List<RgbImage> images) {
      return classify(images);
    }
  }

  @Test
  void aSecondJudgeHasColumnsOfItsOwn() {
    EditGoal goal = EditGoal.forget(BEAR);
    Evaluation evaluation = new Evaluation(List.of(goal), List.of("a cup"), SIZE);
    EvaluationResult before = result(goal, 0, 0, 0);
    ComparisonTable table =
        new ComparisonTable(
            new Concept("bear", ConceptType.OBJECT),
            evaluation,
            before,
            Optional.of(new PrototypeImages.Both(new Always("a bear"), new Always("a cup"))));
    assertThat(table.add("some", 61, 200 << 10, result(goal, 7, 18, 0)))
        .endsWith("| 2/20 [3 %, 30 %] | 50.0 % | -50.0 | 7.0 | 20/20 | 0.0 % | 22/22 |");
    assertThat(table.markdown())
        .contains("drift of 255 | left, judge B | others, judge B | B and A differ |\n")
        .contains("\n" + "|---".repeat(10) + "|\n");
  }

  @Test
  void forgettingsHaveWhatIsLeftWithItsInterval() {
    EditGoal goal = EditGoal.forget(BEAR);
    ComparisonTable table = table(goal, result(goal, 0, 0, 0));
    assertThat(table.add("some", 61, 200 << 10, result(goal, 7, 18, 0)))
        .isEqualTo("| some | 61.0 | 200 KiB | 2/20 [3 %, 30 %] | 50.0 % | -50.0 | 7.0 |");
    assertThat(table.markdown())
        .startsWith(
            "### bear (object)\n\n\"a photo of a bear\", 20 images; 1 others × 2; seeds from")
        .contains("| untouched | 0.0 | 0.0 KiB | 20/20 [84 %, 100 %] | 100.0 % | +0.0 | 0.0 |\n");
    assertThat(table.sheet().rows().get(1).note()).isEqualTo("left 2/20, others 50 %");
  }
}
