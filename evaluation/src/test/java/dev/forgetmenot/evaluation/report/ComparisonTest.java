package dev.forgetmenot.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.evaluation.report.EvaluationReport.Base;
import dev.forgetmenot.evaluation.report.EvaluationReport.BenchSource;
import dev.forgetmenot.evaluation.report.EvaluationReport.PatchTraining;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final ComparedRun FIRST =
      ComparedRun.of(SampleReport.of("first.fmnpatch", 64, 62));
  private static final ComparedRun SECOND =
      ComparedRun.of(SampleReport.of("second.fmnpatch", 64, 52));

  @Test
  void pairsImagesOfTheSamePromptAndSeed() {
    String text = new Comparison(List.of(FIRST, SECOND), List.of()).markdown();
    // 10 images show the target with the second patch alone: p = 2 / 2^10; 4 lines and 1 of others
    assertThat(text)
        .contains(
            "| UA · lighthouse · name · B | first | 2/64 | 0.9 to 10.7 % | NOT REACHED |  |  |  |  |\n")
        .contains(
            "| UA · lighthouse · name · B | second | 12/64 | 11.1 to 30.0 % | REACHED | 0 | 10 | 0.0020 | 0.0098 |\n")
        .contains("| UA · lighthouse · variant · B | second | 4/16 |")
        .contains("| accuracy · lighthouse · all · B | second | 27/28 |")
        .doesNotContain("accuracy · lighthouse · similar · B") // its count is not of its images
        .contains("p is adjusted over 5 tests");
  }

  @Test
  void laysAllMeasuresSideBySide() {
    String text = new Comparison(List.of(FIRST, SECOND), List.of()).markdown();
    assertThat(text)
        .contains("| Measure | original | first | second |\n")
        .contains(
            "| UA · lighthouse · name | 0.0 % (0/64) \\[0.0, 5.7\\] | 96.9 % (62/64) \\[89.3, 99.1\\] | 81.3 % (52/64) \\[70.0, 88.9\\] |\n")
        .contains("| KID (CLIP) |  | – | – |\n");
  }

  private static ComparedRun trained(long seed, int forgotten, String rate) {
    PatchTraining training = new PatchTraining("esd", List.of("learning-rate=" + rate), seed);
    return new ComparedRun(
        rate + " seed " + seed,
        SampleReport.of("trained.fmnpatch", 64, forgotten, Optional.of(training)));
  }

  @Test
  void trainingsOfOneMethodHaveASpread() {
    List<ComparedRun> runs =
        List.of(
            FIRST,
            trained(0, 64, "0.1"),
            trained(1, 32, "0.1"),
            trained(2, 48, "0.1"),
            trained(0, 0, "0.2"));
    // 100, 50 and 75 %: mean 75, deviation 25; Student's interval 75 ± 4.3027 · 25 / √3
    assertThat(new Comparison(runs, List.of()).markdown())
        .contains("Over training seeds")
        .contains("| UA · lighthouse · name | esd | 3 | 75.0 % | 25.0 % | 12.9 % to 137.1 % |\n")
        .contains("NOT TESTED with 5 seeds or more, so that the spread says little: esd: 3 seeds");
    assertThat(new Comparison(List.of(FIRST, runs.get(1), runs.get(4)), List.of()).markdown())
        .as("other settings are another method")
        .doesNotContain("Over training seeds");
  }

  @Test
  void namesAreTextInBothForms() {
    Comparison both = new Comparison(List.of(FIRST, SECOND), PublishedTable.all());
    assertThat(both.markdown()).contains("\\</script\\>\\<img src=x").doesNotContain("</script>");
    String page = new String(both.html(), StandardCharsets.UTF_8);
    assertThat(page).contains("&lt;/script&gt;&lt;img src=x").doesNotContain("<script>");
    assertThat(page).contains("script-src &#x27;none&#x27;");
  }

  @Test
  void publishedColumnsStandBesideOurs() {
    String text =
        new Comparison(
                List.of(FIRST, SECOND),
                PublishedTable.of(List.of("unlearncanvas-object", "unlearndiffatk")))
            .markdown();
    assertThat(text)
        .contains("| FMN | 45.6 | 90.6 | 73.5 | – |\n")
        .contains("| here: second, lighthouse | 81.3 | – | – | – |\n")
        .contains("quoted second-hand")
        .contains("| FMN, church | 52 | 96 | – |\n")
        .contains("| here: second, lighthouse | 18.8 | – | – |\n");
    assertThatThrownBy(() -> PublishedTable.of(List.of("other")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no published table is named 'other'; known: unlearncanvas-style,"
                + " unlearncanvas-object, speed, unlearndiffatk");
  }

  @Test
  void refusesWhatIsNotAlike() {
    EvaluationReport of = SECOND.report();
    refuses(
        with(of, new BenchSource("other", 1, SampleReport.digest("x"), "none"), of.base()),
        "'first' and 'second' are of other lists: sample, version 2, SHA-256 ");
    refuses(
        with(of, of.bench(), new Base(SampleReport.digest("y"), "other")),
        "'first' and 'second' are of other base models: sample-64 ");
    refuses(withoutJudges(of), "'first' and 'second' are of other judges: [B CLIP of the sample");
    assertThatThrownBy(() -> new Comparison(List.of(FIRST), List.of()))
        .hasMessage("A comparison needs the reports of 2 runs or more");
  }

  private static void refuses(EvaluationReport report, String reason) {
    assertThatThrownBy(
            () -> new Comparison(List.of(FIRST, ComparedRun.of(report)), List.of()).markdown())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(reason);
  }

  private static EvaluationReport with(EvaluationReport of, BenchSource bench, Base base) {
    return new EvaluationReport(
        bench,
        base,
        of.patches(),
        of.tool(),
        of.plan(),
        of.drawing(),
        of.targets(),
        of.judging(),
        of.parts(),
        of.sets(),
        of.restored(),
        of.command());
  }

  private static EvaluationReport withoutJudges(EvaluationReport of) {
    return new EvaluationReport(
        of.bench(),
        of.base(),
        of.patches(),
        of.tool(),
        of.plan(),
        of.drawing(),
        of.targets(),
        new EvaluationReport.Judging(List.of(), List.of(), List.of(), Optional.empty()),
        of.parts(),
        of.sets(),
        of.restored(),
        of.command());
  }
}
