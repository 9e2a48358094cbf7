package dev.forgetmenot.host.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.host.chart.TogetherChart;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Evaluation;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code fmn compare --together}: its table and chart; numbers that cannot be. */
class TogetherRowTest {
  private static final TogetherRow PATCH =
      new TogetherRow(
          "some", 10, false, 6.07, 25_600, new Count(1, 20), new Count(16, 20), -15, 8.31);
  private static final TogetherRow STACK =
      new TogetherRow("some", 10, true, 29.9, 56_000, new Count(20, 20), new Count(1, 20), -90, 80);

  @Test
  void theTableSaysHowManyAreLeftAndWhatOthersLost() {
    Evaluation evaluation =
        new Evaluation(
            List.of(EditGoal.forget(new Concept("a bear", ConceptType.OBJECT))),
            List.of("a cup"),
            new Evaluation.Size(2, 1, 3, 1000, 20));
    assertThat(TogetherRow.table(evaluation, List.of(PATCH, STACK)))
        .startsWith(
            "\"a photo of ..\": 2 images of each concept; 1 others × 3; seeds from 1000, 20")
        .contains(
            "\n"
                + "| some | 10 | one patch | 6.1 | 25 KiB | 1/20, 5.0 % [1, 24] | 80.0 % | -15.0 |"
                + " 8.3 |\n")
        .contains("\n| some | 10 | a stack | 29.9 | 55 KiB | 20/20, 100.0 % [84, 100] |");
  }

  @Test
  void theChartHasALineForPatchesAndOneForStacks() {
    BufferedImage both = new TogetherChart(List.of(PATCH, STACK)).draw();
    BufferedImage one = new TogetherChart(List.of(PATCH)).draw();
    assertThat(both.getWidth()).isEqualTo(2 * both.getHeight());
    assertThat(colours(both)).isGreaterThan(colours(one));
  }

  private static long colours(BufferedImage image) {
    return java.util.Arrays.stream(
            image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
        .distinct()
        .count();
  }

  @Test
  void moreConceptsThanAreNamedAreRefused() {
    ProgramRun run = ProgramRun.of("compare", "castle", "--together", "1,2", "-o", "unwritten");
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err()).contains("--together 2: expected 1 to 1, as many concepts as are named");
  }
}
