package dev.forgetmenot.host.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.CorrectionGoal;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.host.compare.ComparedCorrections;
import dev.forgetmenot.kit.evaluate.CorrectionResult;
import dev.forgetmenot.kit.evaluate.CorrectionTrial;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.patch.Manifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which numbers of a correction stand where, in the patch and in the table. */
class CorrectionReportTest {
  private static final Concept WORD = new Concept("a bear", ConceptType.OBJECT);
  private static final CorrectionTrial.Size SIZE = new CorrectionTrial.Size(20, 2, 1, 2, 4000, 20);

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

  private static CorrectionResult result(
      int grey, List<String> general, String polar, double like) {
    CorrectionGoal goal =
        new CorrectionGoal(WORD, List.of("a brown bear", "a polar bear"), List.of("a crown"));
    GoalResult shown =
        new GoalResult(
            goal,
            row("a bear", 0, general),
            List.of(
                row("a brown bear", 0, List.of("a brown bear", "a brown bear")),
                row("a polar bear", 0, List.of("a polar bear", polar))),
            List.of(row("a crown", 0, List.of("a crown", "a crown"))),
            List.of(like));
    return new CorrectionResult(
        List.of(shown),
        List.of(row("a cup", grey, List.of("a cup", grey > 0 ? "a dog" : "a cup"))));
  }

  private final CorrectionResult before = result(0, shows(20, 0, 0, 0), "a polar bear", 0.3);
  private final CorrectionResult after = result(7, shows(9, 8, 2, 1), "a cat", 0.2);

  @Test
  void thePatchSaysEachNumberWithItsPrompt() {
    assertThat(new CorrectionEvidence(SIZE).of(before, after))
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
    assertThat(new CorrectionTable(before, after).markdown())
        .isEqualTo(
            """
            | | before | after |
            |---|---|---|
            | a bear shows a brown bear | 20/20 (100 %) | 9/20 (45 %) |
            | a bear shows a polar bear | 0/20 (0 %) | 8/20 (40 %) |
            | a bear shows a dog | 0/20 (0 %) | 2/20 (10 %) |
            | a bear shows something else | 0/20 (0 %) | 1/20 (5 %) |
            | a bear, similarity to a crown | 0.300 | 0.200 |
            | a brown bear by its own name | 2/2 (100 %) | 2/2 (100 %) |
            | a polar bear by its own name | 2/2 (100 %) | 1/2 (50 %) |
            | a crown by its own name | 2/2 (100 %) | 2/2 (100 %) |
            | 1 others, recognised | 100 % | 50 % |
            | others, drift of 255 | 0.0 | 7.0 |
            """);
    assertThat(new CorrectionTable(before, after).lines()).hasSize(11);
  }

  @Test
  void aComparisonHasSharesAndFallsOfEachMethod() {
    CorrectionTrial trial =
        new CorrectionTrial(List.of(before.goals().get(0).goal()), List.of("a cup"), SIZE);
    ComparedCorrections table = new ComparedCorrections(trial, before);
    table.add("some", 1.25, 2048, after);
    assertThat(table.last())
        .isEqualTo("| some | 1.3 | 2.0 KiB | 45 % | 40 % | -50.0 | -50.0 | 7.0 |");
    assertThat(table.markdown())
        .contains("| untouched | 0.0 | 0.0 KiB | 100 % | 0 % | +0.0 | +0.0 | 0.0 |\n");
  }

  @Test
  void theSheetHasTwoRowsOfTheWordOneOfEachNameAndOneOfOthers() {
    var rows = new CorrectionSheet("some", "a.fmnpatch", SIZE.seed()).of(before, after).rows();
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
}
