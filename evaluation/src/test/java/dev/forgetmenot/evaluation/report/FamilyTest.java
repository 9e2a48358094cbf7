package dev.forgetmenot.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.evaluation.statistics.ExactTest;
import dev.forgetmenot.evaluation.statistics.Verdict;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FamilyTest {
  @Test
  void allQuestionsOfAReportAreOneFamily() {
    Family family = Family.of(SampleReport.of("sample.fmnpatch"));
    assertThat(family.tests()).hasSize(9);
    Family.Test reached = family.tests().get(8);
    double p = ExactTest.fisherGreater(new Count(31, 64), new Count(1, 200));
    assertThat(reached.of().part()).isEqualTo("prefix");
    assertThat(reached.adjusted()).isCloseTo(9 * p, within(1e-12));
    assertThat(reached.verdict()).isEqualTo(Verdict.REACHED);
    assertThat(family.tests().get(0).verdict()).isEqualTo(Verdict.NOT_REACHED);
    assertThat(family.tests().get(1).verdict()).isEqualTo(Verdict.NO_BASELINE);
  }

  @Test
  void aBaseThatDidNotComeBackLeavesNoBaseline() {
    EvaluationReport report = SampleReport.of("sample.fmnpatch");
    EvaluationReport changed =
        new EvaluationReport(
            report.bench(),
            report.base(),
            report.patches(),
            report.tool(),
            report.plan(),
            report.drawing(),
            report.targets(),
            report.judging(),
            report.parts(),
            report.sets(),
            Optional.of(false),
            report.command());
    assertThat(Family.of(changed).tests()).allMatch(test -> test.verdict() == Verdict.NO_BASELINE);
    assertThat(ReadingText.verdict(Family.of(changed).tests().get(8), "none"))
        .isEqualTo(
            "NO BASELINE: the original model did not come back when the patches were taken off");
  }

  @Test
  void aQuickPresetSaysSo() {
    Family.Test test = Family.of(SampleReport.of("sample.fmnpatch")).tests().get(0);
    assertThat(ReadingText.verdict(test, "quick"))
        .isEqualTo("NOT REACHED (quick): 2/64, at most 10.8 %");
  }
}
