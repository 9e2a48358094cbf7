package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models as files, without an engine. */
class ModelOnDiskTest {
  private static final Path MODEL =
      GoldenFolders.inProject("testkit/fixtures").resolve("sd1-tiny/model");
  private static final String FILE = "unet/diffusion_pytorch_model.safetensors";

  @TempDir Path temp;

  @Test
  void aFolderIsABaseUnderCanonicalNames() throws IOException {
    try (ModelOnDisk stored = ModelOnDisk.open(MODEL)) {
      BaseModel base = stored.base();
      assertThat(base.label()).isEqualTo("model");
      assertThat(base.architecture()).isEqualTo("other");
      assertThat(base.tokenizer().vocabSha256()).matches("[0-9a-f]{64}");
      assertThat(base.tensors().names("unet")).hasSize(494).contains("conv_in.weight");
      assertThat(base.tensors().names("vae"))
          .contains("encoder.mid_block.attentions.0.to_q.weight")
          .noneMatch(name -> name.contains("query"));
      assertThat(base.tensors().names("text_encoder"))
          .hasSize(52)
          .noneMatch(name -> name.endsWith("position_ids"));
      assertThat(stored.notes()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"longer", "shorter", "rewritten", "gone"})
  void aFileThatChangesUnderAnOpenModelIsNoticed(String how) throws IOException {
    Path copy = GoldenFolders.copy(MODEL, temp.resolve("copy"));
    try (ModelOnDisk stored = ModelOnDisk.open(copy)) {
      BaseTensors base = stored.base().tensors();
      String before = base.leaf("unet", "conv_in.weight");
      assertThat(base.leaf("unet", "conv_in.weight")).isEqualTo(before);
      change(copy.resolve(FILE), how);
      assertThatThrownBy(() -> base.leaf("unet", "conv_in.weight"))
          .isInstanceOfSatisfying(
              PatchFormatException.class,
              e -> assertThat(e.error()).isEqualTo(PatchError.CHANGED_ON_DISK))
          .hasMessageContaining("FMN-506")
          .hasMessageContaining(FILE);
      assertThatThrownBy(() -> base.floats("unet", "conv_in.weight")).hasMessageContaining("506");
      assertThatThrownBy(() -> base.halfRoot("unet", Set.of("conv_in.bias")))
          .hasMessageContaining("506");
      assertThat(base.leaf("vae", "quant_conv.bias")).hasSize(64);
    }
  }

  private static void change(Path file, String how) throws IOException {
    switch (how) {
      case "longer" -> Files.write(file, new byte[1], StandardOpenOption.APPEND);
      case "shorter" -> {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
          channel.truncate(channel.size() - 4);
        }
      }
      case "rewritten" ->
          Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
      default -> Files.delete(file);
    }
  }
}
