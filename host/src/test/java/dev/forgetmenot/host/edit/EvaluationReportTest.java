package dev.forgetmenot.host.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.Manifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which numbers of an edit stand where: in the patch, in the table and on the sheet. */
class EvaluationReportTest {
  private static final Concept WORD = new Concept("a bear", ConceptType.OBJECT);
  private static final Evaluation.Size SIZE = new Evaluation.Size(20, 1, 2, 4000, 20);

  private static Evaluation evaluation() {
    return new Evaluation(List.of(EditGoal.forget(WORD)), List.of(), SIZE);
  }

  private static EvaluationResult.Row row(String phrase, int grey, List<String> seen) {
    byte[] rgb = {(byte) grey, (byte) grey, (byte) grey};
    return new EvaluationResult.Row(
        phrase, Collections.nCopies(seen.size(), new RgbImage(1, 1, rgb)), seen);
  }

  private static List<String> shows(int brown, int polar, int dog, int cat) {
    List<String> seen = new ArrayList<>(Collections.nCopies(brown, "a brown bear"));
    seen.addAll(Collections.nCopies(polar, "a polar bear"));
    seen.addAll(Collections.nCopies(dog, "a dog"));
    seen.addAll(Collections.nCopies(cat, "a cat"));
    return seen;
  }

  private static EvaluationResult result(
      int grey, List<String> general, String polar, double like) {
    EditGoal goal = new EditGoal(WORD, List.of("a brown bear", "a polar bear"), List.of("a crown"));
    GoalResult shown =
        new GoalResult(
            goal,
            row("a bear", 0, general),
            List.of(
                row("a brown bear", 0, List.of("a brown bear", "a brown bear")),
                row("a polar bear", 0, List.of("a polar bear", polar))),
            List.of(row("a crown", 0, List.of("a crown", "a crown"))),
            List.of(like));
    return new EvaluationResult(
        List.of(shown),
        List.of(row("a cup", grey, List.of("a cup", grey > 0 ? "a dog" : "a cup"))));
  }

  /** Takes all for dogs. */
  private static final ImageClassifier JUDGE =
      new ImageClassifier() {
        @Override
        public List<String> things() {
          return List.of("a bear", "a dog");
        }

        @Override
        public List<String> styles() {
          return List.of();
        }

        @Override
        public List<String> classify(List<RgbImage> images) {
          return Collections.nCopies(images.size(), "a dog");
        }

        @Override
        public List<String> classifyStyle(List<RgbImage> images) {
          return List.of();
        }

        @Override
        public double[] similarities(List<RgbImage> images, String thing) {
          return images.stream()
              .mapToDouble(image -> thing.equals("a dog") ? 0.625 : 0.125)
              .toArray();
        }
      };

  private static EvaluationResult before() {
    return result(0, shows(20, 0, 0, 0), "a polar bear", 0.3);
  }

  private final EvaluationResult before = before(); // of a correction
  private final EvaluationResult after = result(7, shows(9, 8, 2, 1), "a cat", 0.2);

  @Test
  void thePatchSaysEachNumberWithItsPrompt() {
    assertThat(new ReportEvidence(evaluation()).of(before, after))
        .containsExactly(
            line("a photo of a bear", "recognised-as:a brown bear", 1, 0.45),
            line("a photo of a bear", "recognised-as:a polar bear", 0, 0.4),
            line("a photo of a bear", "recognised-as:a dog", 0, 0.1),
            line("a photo of a bear", "similarity-to:a crown", 0.3, 0.2),
            line("a photo of a brown bear", "recognised-as-target", 1, 1),
            line("a photo of a polar bear", "recognised-as-target", 1, 0.5),
            line("a photo of a crown", "recognised-as-target", 1, 1),
            line("1 other phrases", "others-recognised", 1, 0.5));
  }

  private static Manifest.Evidence line(String prompt, String metric, double was, double is) {
    return new Manifest.Evidence(prompt, 4000, 20, metric, was, is);
  }

  @Test
  void theTableAddsWhatIsTooFewForALine() {
    assertThat(new ReportTable(before, after, JUDGE).markdown())
        .isEqualTo(
            """
            | | before | after |
            |---|---|---|
            | a bear shows a brown bear | 20/20 (100 %) [84 %, 100 %] | 9/20 (45 %) [26 %, 66 %] |
            | a bear shows a polar bear | 0/20 (0 %) [0 %, 16 %] | 8/20 (40 %) [22 %, 61 %] |
            | a bear shows a dog | 0/20 (0 %) [0 %, 16 %] | 2/20 (10 %) [3 %, 30 %] |
            | a bear shows something else | 0/20 (0 %) [0 %, 16 %] | 1/20 (5 %) [1 %, 24 %] |
            | a bear, similarity to a crown | 0.300 | 0.200 |
            | a brown bear by its own name | 2/2 (100 %) [34 %, 100 %] | 2/2 (100 %) [34 %, 100 %] |
            | a polar bear by its own name | 2/2 (100 %) [34 %, 100 %] | 1/2 (50 %) [9 %, 91 %] |
            | a crown by its own name | 2/2 (100 %) [34 %, 100 %] | 2/2 (100 %) [34 %, 100 %] |
            | 1 others, recognised | 100 % | 50 % |
            | others, drift of 255 | 0.0 | 7.0 |
            """);
    assertThat(new ReportTable(before, after, JUDGE).lines()).hasSize(11);
  }

  @Test
  void theSheetHasTwoRowsOfTheWordOneOfEachNameAndOneOfOthers() {
    var rows = new ReportSheet("some", "a.fmnpatch", SIZE.seed()).of(before, after).rows();
    assertThat(rows)
        .extracting(row -> row.label() + "|" + row.note() + "|" + row.left().size())
        .containsExactly(
            "a bear|a brown bear 20 → 9 of 20|8",
            "|a polar bear 0 → 8, a dog 0 → 2|8",
            "a brown bear|recognised 2/2 → 2/2|2",
            "a polar bear|recognised 2/2 → 1/2|2",
            "a crown|recognised 2/2 → 2/2|2",
            "others|those that moved most|1");
  }

  private static EvaluationResult forgotten(int left) {
    List<String> seen = new ArrayList<>(Collections.nCopies(left, "a bear"));
    seen.addAll(Collections.nCopies(16 - left, "a dog"));
    GoalResult shown =
        new GoalResult(
            EditGoal.forget(WORD), row("a bear", 0, seen), List.of(), List.of(), List.of());
    return new EvaluationResult(List.of(shown), before().others());
  }

  @Test
  void aForgettingSaysHowManyAreStillRecognisedAndNotWhatElseIsShown() {
    EvaluationResult was = forgotten(16);
    EvaluationResult is = forgotten(2);
    assertThat(new ReportEvidence(evaluation()).of(was, is))
        .containsExactly(
            line("a photo of a bear", "recognised-as-target", 1, 0.125),
            line("1 other phrases", "others-recognised", 1, 1));
    assertThat(new ReportTable(was, is, JUDGE).lines())
        .containsExactly(
            "                                                        before                    after",
            "a bear, recognised                 16/16 (100 %) [81 %, 100 %]  2/16 (13 %) [3 %, 36 %]",
            "a bear, taken for                                    a bear 16       a dog 14, a bear 2",
            "a bear, distance to nearest thing                        0.375           0.375 (1.00 ×)",
            "a bear, nearest thing over it                            0.500                    0.500",
            "1 others, recognised                                     100 %                    100 %",
            "others, drift of 255                                       0.0                      0.0");
    assertThat(new ReportSheet("some", "a.fmnpatch", 1).of(was, is).rows())
        .extracting(row -> row.label() + "|" + row.note() + "|" + row.left().size())
        .containsExactly(
            "a bear|recognised 16/16 → 2/16|8", "||8", "others|those that moved most|1");
  }
}
