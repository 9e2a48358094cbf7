package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A patch with another manifest: all else stays. */
class ManifestRewriterTest {
  private static final Path GOLDEN =
      Path.of("src/test/resources/dev/forgetmenot/patch/golden-1.1.fmnpatch");

  @TempDir Path folder;

  @Test
  void aGateIsAddedAndTakenAwayAndNothingElseChanges() throws IOException {
    Path gated = folder.resolve("gated.fmnpatch");
    PromptGate gate = new PromptGate(PromptGate.PROMPT_COSINE, 0.25, 0.75);
    Manifest written = ManifestRewriter.gated(GOLDEN, Optional.of(gate), gated);
    assertThat(written.version()).isEqualTo(new Manifest.Version(1, 2));
    try (PatchFile before = PatchFile.open(GOLDEN);
        PatchFile after = PatchFile.open(gated)) {
      assertThat(after.manifest()).isEqualTo(written);
      assertThat(after.id()).isNotEqualTo(before.id());
      assertThat(written.gate()).contains(gate);
      assertThat(written.stacking().supersedes()).contains(before.id());
      assertThat(written.stacking().requires()).isEqualTo(before.manifest().stacking().requires());
      assertThat(written.edits()).isEqualTo(before.manifest().edits());
      assertThat(written.base()).isEqualTo(before.manifest().base());
      assertThat(written.entries()).isEqualTo(before.manifest().entries());
      for (Manifest.Entry entry : written.entries()) {
        assertThat(after.content(entry.path())).isEqualTo(before.content(entry.path()));
      }
    }
    Path again = folder.resolve("again.fmnpatch");
    Files.copy(gated, again);
    Manifest off = ManifestRewriter.gated(again, Optional.empty(), again); // onto itself
    assertThat(off.gate()).isEmpty();
    assertThat(off.version()).isEqualTo(new Manifest.Version(1, 1));
    try (PatchFile patch = PatchFile.open(again)) {
      assertThat(patch.manifest()).isEqualTo(off);
    }
  }
}
