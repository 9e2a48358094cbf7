package dev.forgetmenot.host.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patching.diff.DiffFactorizer;
import dev.forgetmenot.patching.diff.ModelDiff;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceReportTest {
  private static DiffFactorizer.Part part(String target, EditKind kind, double norm) {
    return new DiffFactorizer.Part(
        new ModelDiff.Changed(target, new long[] {2, 2}, norm, 0, 2), kind, 0, 0);
  }

  private static List<String> lines(DiffFactorizer.Part... parts) {
    return new DifferenceReport(new DiffFactorizer.Result(List.of(), List.of(parts), List.of()))
        .lines();
  }

  @Test
  void whatIsAskedAboutWhenAppliedIsSaidBefore() {
    assertThat(
            lines(
                part("unet/a.weight", EditKind.DELTA, 1.1),
                part("unet/b.weight", EditKind.DELTA, 3),
                part("unet/c.weight", EditKind.PROJECTOR, 9)))
        .last()
        .asString()
        .contains("more than half of |W| for 2 of the tensors", "unet/b.weight (1.50 times |W|)")
        .contains("FMN-308", "--force-patches");
    assertThat(
            lines(
                part("unet/a.weight", EditKind.DELTA, 1),
                part("unet/c.weight", EditKind.PROJECTOR, 9)))
        .noneMatch(line -> line.contains("FMN-308"));
  }
}
