package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of every released version, and of versions that nobody has made yet, by the rule. */
class GoldenFilesTest {
  @TempDir Path folder;

  private Path golden(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = GoldenFilesTest.class.getResourceAsStream(name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource({
    "golden-1.0.fmnpatch,0,2800f2eb8253ffdac690d45165f7ef1699d36fc0b441407a779b544487249a7d",
    "golden-1.1.fmnpatch,1,2bdc73d8e5103b9ea123347c1d171f2ad8d149820a0d9cc43f842a75d36087a0",
    "golden-1.2.fmnpatch,2,1f6b31e1413500b40db9130f0ab0d9da50f5292cbbfdede9f3898b0ba0de11a9",
    "golden-1.4.fmnpatch,4,176d0e087311e0257ed9f8c836dd39c0a5c3b1d10fa1933c909c986a65d0af67",
    "golden-1.5.fmnpatch,5,6e03288afbfde700dd169761605f68a5b3080954b03e2377eee985a836f404a8"
  })
  void releasedVersionsAreReadForEver(String name, int minor, String id) throws IOException {
    try (PatchFile patch = PatchFile.open(golden(name))) {
      assertThat(patch.manifest().version()).isEqualTo(new Manifest.Version(1, minor));
      assertThat(patch.warnings()).isEmpty();
      assertThat(patch.id()).isEqualTo(id);
      for (Manifest.Edit edit : patch.manifest().edits()) {
        assertThat(patch.edit(edit).kind()).isEqualTo(edit.kind());
      }
    }
  }

  @Test
  void aNewerMinorIsReadWithAWarningForWhatIsUnknown() throws IOException {
    try (PatchFile patch = PatchFile.open(golden("forged-1.6-optional.fmnpatch"))) {
      assertThat(patch.manifest().version()).isEqualTo(new Manifest.Version(1, 6));
      assertThat(patch.manifest().gate()).isEmpty();
      assertThat(patch.warnings()).hasSize(3);
      assertThat(patch.warnings().get(0)).contains("manifest.json.edits[0]").contains("'tide'");
      assertThat(patch.warnings().get(1)).contains("manifest.json.gate").contains("'moon'");
      assertThat(patch.warnings().get(2)).contains("manifest.json ").contains("'weather'");
      assertThat(SampleEdits.delta(patch, "unet/a.weight")).containsExactly(1, -2, 3, 4);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "forged-1.6-required.fmnpatch,FEATURE,weather",
    "forged-1.6-kind.fmnpatch,FEATURE,tides",
    "forged-2.0.fmnpatch,MAJOR_VERSION,2.0"
  })
  void whatCannotBeReadIsRefusedByName(String name, PatchError error, String said)
      throws IOException {
    Path file = golden(name);
    assertThatThrownBy(() -> PatchFile.open(file).close())
        .isInstanceOfSatisfying(
            PatchFormatException.class, e -> assertThat(e.error()).isEqualTo(error))
        .hasMessageContaining(said)
        .hasMessageContaining("use a newer fmn");
  }
}
