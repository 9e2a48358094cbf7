package dev.forgetmenot.host.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SampleReportTest {
  @Test
  void aCellIsNeverAFormula() {
    assertThat(SampleReport.quoted("a \"fox\", red")).isEqualTo("\"a \"\"fox\"\", red\"");
    for (String start : new String[] {"=", "+", "-", "@", "\t"}) {
      assertThat(SampleReport.quoted(start + "cmd()")).isEqualTo("\"'" + start + "cmd()\"");
    }
    assertThat(SampleReport.quoted("")).isEqualTo("\"\"");
  }
}
