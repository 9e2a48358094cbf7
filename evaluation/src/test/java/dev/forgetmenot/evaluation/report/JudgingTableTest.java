package dev.forgetmenot.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JudgingTableTest {
  private final JudgingTable table = new JudgingTable(SampleReport.of("sample.fmnpatch"));

  @Test
  void theLeastKnownComesFirst() {
    assertThat(table.markdown())
        .endsWith(
            """
            | concept | B | A | weak for |
            |---|---|---|---|
            | HOSTILE | 8/8 | 5/8 | A |
            | a lighthouse | 8/8 | 8/8 |  |
            """
                .replace("HOSTILE", SampleReport.HOSTILE));
  }

  @Test
  void theSummaryNamesTheWeak() {
    assertThat(table.summary())
        .hasSize(3)
        .anyMatch(
            line ->
                line.startsWith("judge B (CLIP of the sample, prototypes): right on 1011/1048,"))
        .anyMatch(line -> line.endsWith("weak on 1 of 2 concepts: " + SampleReport.HOSTILE))
        .contains("the first two differ on 3 of 16 images (κ 0.70)");
  }
}
