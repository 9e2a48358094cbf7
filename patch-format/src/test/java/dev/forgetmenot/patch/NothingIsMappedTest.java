package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.crash.CrashingFiles;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Patches, checkpoints, LoRA files and embeddings on a system that maps no file and replaces none
 * that is open: what works here works on Windows.
 */
class NothingIsMappedTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = CrashingFiles.likeWindows().path(folder).resolve("a.fmnpatch");
    PatchWriter.write(
        file,
        SampleEdits.draft(SampleEdits.all(), Map.of()),
        SampleEdits.base(34),
        "stable-diffusion-v1",
        SampleEdits.CREATED);
  }

  @Test
  void aPatchIsReadInFullAndReplacedAndDeleted() throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      for (Manifest.Edit edit : patch.manifest().edits()) {
        if (patch.edit(edit) instanceof DeltaEdit deltas) {
          deltas.deltas().values().forEach(Delta::values);
        }
      }
      assertThatThrownBy(() -> Files.delete(file)).isInstanceOf(FileSystemException.class);
    }
    PatchFile.header(file);
    write();
    Files.delete(file);
  }

  @Test
  void aPatchIsSignedInPlace() throws IOException {
    PatchSigner.embed(file, SigningKey.generate());
    PatchSigner.detach(file, SigningKey.generate());
    PatchSigner.detach(file, SigningKey.generate());
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.signatures()).hasSize(1);
    }
    ManifestRewriter.gated(
        file, Optional.of(new PromptGate(PromptGate.PROMPT_COSINE, 0.1, 0.2)), file);
    PatchFile.open(file).close();
  }

  @Test
  void aSafetensorsFileIsReadAndReplaced() throws IOException {
    Path checkpoint = file.resolveSibling("checkpoint.safetensors");
    for (int i = 0; i < 2; i++) {
      new SafetensorsWriter()
          .add("w", DType.F32, new long[] {2}, new float[] {i, 1})
          .write(checkpoint);
      try (SafetensorsFile read = SafetensorsFile.open(checkpoint, SafetensorsLimits.MODEL)) {
        assertThat(read.floats("w")).containsExactly(i, 1);
        assertThat(read.bytes("w").remaining()).isEqualTo(8);
      }
    }
    Files.delete(checkpoint);
  }
}
