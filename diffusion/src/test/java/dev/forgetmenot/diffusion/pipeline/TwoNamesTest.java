package dev.forgetmenot.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.TensorInfo;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.SingleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One tensor under the names of two ages, as merging programs leave it: the same, or another. */
class TwoNamesTest {
  private static final Path TINY = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String PREFIX = "cond_stage_model.transformer.";
  private static final String NAME = "encoder.layers.0.mlp.fc1.bias";
  private static final ReadingOptions STRICT =
      new ReadingOptions(Optional.empty(), Optional.empty(), true);

  @TempDir Path temp;

  private Path checkpoint(float more) throws IOException {
    Path file = temp.resolve("model.safetensors");
    if (!Files.exists(file)) {
      SingleFile.write(TINY, file, DType.F32);
    }
    float[] values;
    long[] shape;
    try (SafetensorsFile whole = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      values = whole.floats(PREFIX + "text_model." + NAME);
      shape = whole.tensors().get(PREFIX + "text_model." + NAME).shape();
    }
    values[0] += more;
    SingleFile.tensors(TINY, DType.F32).add(PREFIX + NAME, DType.F32, shape, values).write(file);
    return file;
  }

  @Test
  void aCheckpointMayHoldACopyButNoOtherValues() throws IOException {
    Path file = checkpoint(0);
    try (ModelOnDisk model = ModelOnDisk.open(file);
        ModelOnDisk folder = ModelOnDisk.open(TINY)) {
      assertThat(model.notes())
          .anyMatch(
              note -> note.contains("left out") && note.contains("cond_stage_model (1 tensor)"));
      String name = "text_model." + NAME;
      assertThat(model.base().tensors().floats("text_encoder", name))
          .isEqualTo(folder.base().tensors().floats("text_encoder", name));
    }
    assertThatThrownBy(() -> ModelOnDisk.open(file, STRICT)).hasMessageContaining(PREFIX + NAME);
    checkpoint(1);
    assertThatThrownBy(() -> ModelOnDisk.open(file))
        .hasMessageContaining(file.toString())
        .hasMessageContaining(
            PREFIX
                + NAME
                + " is there a second time with other values, as "
                + PREFIX
                + "text_model."
                + NAME);
  }

  @Test
  void aFolderMayHoldACopyButNoOtherValues() throws IOException {
    folder(0);
    ModelOnDisk.open(temp.resolve("model")).close();
    folder(1);
    assertThatThrownBy(() -> ModelOnDisk.open(temp.resolve("model")))
        .hasMessageContaining("text_encoder")
        .hasMessageContaining("text_model." + NAME + " twice with other values");
  }

  private void folder(float more) throws IOException {
    Path model = temp.resolve("model");
    try (Stream<Path> all = Files.walk(TINY)) {
      for (Path file : all.toList()) {
        Path to = model.resolve(TINY.relativize(file).toString());
        if (!Files.isDirectory(to)) {
          Files.copy(file, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    Path from = TINY.resolve("text_encoder/model.safetensors");
    try (SafetensorsFile stored = SafetensorsFile.open(from, SafetensorsLimits.MODEL)) {
      for (TensorInfo tensor : stored.tensors().values()) {
        writer.add(tensor.name(), tensor.dtype(), tensor.shape(), stored.bytes(tensor.name()));
      }
      String name = stored.tensors().containsKey(NAME) ? NAME : "text_model." + NAME;
      float[] values = stored.floats(name);
      values[0] += more;
      TensorInfo tensor = stored.tensors().get(name);
      String other = name.equals(NAME) ? "text_model." + NAME : NAME;
      writer.add(other, tensor.dtype(), tensor.shape(), values);
      writer.write(model.resolve("text_encoder/model.safetensors"));
    }
  }
}
