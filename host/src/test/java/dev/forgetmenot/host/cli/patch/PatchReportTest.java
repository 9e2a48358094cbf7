package dev.forgetmenot.host.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people read of the kinds that hold factors, statistics and tokens. */
class PatchReportTest {
  private static final Rows ROW = new Rows(1, 4, new float[] {3, 0, 4, 0});
  private static final Rows ZERO = new Rows(1, 4, new float[4]);

  /** A patch of a version that does not exist yet, with members that nobody knows. */
  @Test
  void saysWhatIsPassedOver() throws IOException {
    Path file =
        GoldenFolders.inProject(
            "patch-format/src/test/resources/dev/forgetmenot/patch/forged-1.6-optional.fmnpatch");
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(String.join("\n", new PatchReport(patch, false).lines()))
          .contains("has the unknown member 'weather': ignored");
    }
  }

  @Test
  void saysHowStrengthFollowsThePrompt() throws IOException {
    Path file =
        GoldenFolders.inProject(
            "patch-format/src/test/resources/dev/forgetmenot/patch/golden-1.2.fmnpatch");
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(String.join("\n", new PatchReport(patch, true).lines()))
          .contains("gate       prompt-cosine: nothing up to 0.250, all from 0.500")
          .contains("kind rows on unet: 1 rows of 1 tensors")
          .contains(", stored as half times ");
    }
  }

  @Test
  void everyKindSaysHowMuchItIs(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    PatchDraft draft =
        new PatchDraft(
            "a",
            "A test.",
            new Manifest.Intent("forget", List.of()),
            List.of(
                new LowRankEdit(
                    Map.of(
                        "unet/a.weight",
                        new LowRank(new long[] {1, 2}, 1, 2, new float[] {3, 4}, new float[] {1}))),
                new ProjectorEdit("first", ROW, ROW, List.of("unet/*.to_out.0.weight")),
                new ClosedFormEdit(
                    List.of(new ErasedConcept("second", ROW, ZERO, Optional.of(ROW))),
                    0.5,
                    1,
                    0.25,
                    TextProjections.V,
                    TextProjections.V.targets()),
                new TokensEdit(Map.of("<s1>", ROW))),
            new Manifest.Recipe("test", Map.of(), 1, 0, "test", "1", List.of()),
            List.of(),
            Map.of());
    Manifest.Base base =
        new Manifest.Base(
            Map.of("unet", new Manifest.Component("a".repeat(64), "b".repeat(64), 33, Map.of())),
            Optional.of(new Manifest.Roots("c".repeat(64), "d".repeat(64))),
            Optional.of(new Manifest.Tokenizer("e".repeat(64), "f".repeat(64))),
            "base",
            "same-values");
    PatchWriter.write(file, draft, base, "other", "2026-01-01T00:00:00Z");
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(String.join("\n", new PatchReport(patch, true).lines()))
          .contains("unet: 33 touched tensors")
          .contains("text encoder: all tensors")
          .contains("f16   " + "d".repeat(64))
          .contains("kind lowrank on unet: 1 tensors, rank 1, norm 10.00, strength 1.0 in")
          .contains("unet/a.weight [1, 2] rank 1 alpha 2.0 norm 10.00")
          .contains("kind projector on unet: 1 directions of width 4, norm 25.00")
          .contains("all unet/*.to_out.0.weight")
          .contains("kind closedform on unet: 1 concepts, 1 columns of width 4")
          .contains("lambda 0.5, erase scale 1.0, preserve scale 0.25, sides v")
          .contains("second: 1 columns, 1 preserved rows, guides at distance 5.000")
          .contains("kind tokens on text_encoder: 1 tokens of width 4")
          .contains("<s1>: 1 vectors, norm 5.000");
    }
  }
}
