package dev.forgetmenot.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTableTest {
  @Test
  void theMostImportantLinesAreTheLast() {
    List<String> lines = TerminalTable.lines(SampleReport.of("sample.fmnpatch"));
    assertThat(lines.get(0)).startsWith("measure   concept ").endsWith("patched");
    assertThat(lines)
        .containsSubsequence(
            "lighthouse became: a bear 61 %, a clock 20 %, "
                + SampleReport.HOSTILE
                + " 10 %, a violin 5 %",
            "NOT TESTED: UA short, UA long (reasons in the report)",
            "lighthouse, name: NOT REACHED: 2/64, at most 10.8 %",
            "lighthouse, prefix: REACHED: 31/64, 36.6 to 60.4 %");
    assertThat(lines.get(lines.size() - 1)).contains(": REACHED: ");
  }

  @Test
  void saysTheScoringJudgesNumbersInColumns() {
    List<String> lines = TerminalTable.lines(SampleReport.of("sample.fmnpatch"));
    List<String> rows = lines.stream().filter(line -> line.startsWith("UA  ")).toList();
    assertThat(rows).hasSize(5);
    assertThat(rows.stream().map(row -> row.indexOf(" %")).distinct()).hasSizeLessThan(3);
    assertThat(rows.get(0)).contains("name").endsWith("96.9 % (62/64) [89.3, 99.1]");
  }
}
