package dev.forgetmenot.host.cli.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.TensorInfo;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.SingleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says of models. */
class ModelsCommandTest {
  private static final Path TINY =
      GoldenFolders.inProject("testkit/fixtures").resolve("sd1-tiny/model");

  @TempDir Path temp;

  @Test
  void saysWhatAModelIs() {
    ProgramRun run = ProgramRun.of("models", "identify", EmbeddedModel.folder().toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("kind +other, predicts epsilon")
        .containsPattern("unet +\\d+ tensors, [\\d,]+ parameters, \\[F16\\]")
        .containsPattern("exact [0-9a-f]{64}")
        .containsPattern("words  [0-9a-f]{64}");
  }

  @Test
  void aSingleFileOfAFolderIsItsBase() throws IOException {
    Path file = temp.resolve("one.safetensors");
    SingleFile.write(TINY, file, DType.F32);
    JsonObject folder = json(TINY);
    JsonObject single = json(file);
    assertThat(single.get("components")).isEqualTo(folder.get("components"));
    assertThat(single.get("tokenizer")).isEqualTo(folder.get("tokenizer"));
    assertThat(single.get("model").getAsString()).isEqualTo("one");

    JsonObject compared = json(file, "--against", TINY.toString()).getAsJsonObject("against");
    assertThat(compared.get("level").getAsString()).isEqualTo("exact");
    assertThat(compared.getAsJsonArray("distances")).isEmpty();
  }

  @Test
  void aCopyInHalfPrecisionHasTheSameValues() throws IOException {
    Path file = temp.resolve("half.safetensors");
    SingleFile.write(TINY, file, DType.F16);
    JsonObject compared = json(file, "--against", TINY.toString()).getAsJsonObject("against");
    assertThat(compared.get("level").getAsString()).isEqualTo("same-values");
    for (JsonElement block : compared.getAsJsonArray("distances")) {
      assertThat(block.getAsJsonObject().get("relative").getAsDouble()).isLessThan(5e-4);
    }
  }

  @Test
  void anotherUNetIsToldByBlock() throws IOException {
    // One weight of one block becomes half of what it was: its distance is known.
    String halved = "mid_block.resnets.0.conv1.weight";
    Path copy = changed("unet", (name, value) -> name.equals(halved) ? value / 2 : value);
    JsonObject compared = json(copy, "--against", TINY.toString()).getAsJsonObject("against");
    assertThat(compared.get("level").getAsString()).isEqualTo("same-text-encoder");
    double changedSquares = 0;
    double allSquares = 0;
    try (SafetensorsFile stored = weights(copy, "unet")) {
      for (String name : stored.tensors().keySet()) {
        if (name.startsWith("mid_block.")) {
          for (double value : stored.doubles(name)) {
            allSquares += value * value;
            changedSquares += name.equals(halved) ? value * value : 0;
          }
        }
      }
    }
    int blocks = 0;
    for (JsonElement element : compared.getAsJsonArray("distances")) {
      JsonObject block = element.getAsJsonObject();
      blocks++;
      if (block.get("block").getAsString().equals("unet/mid_block")) {
        assertThat(block.get("relative").getAsDouble())
            .isCloseTo(Math.sqrt(changedSquares / allSquares), within(1e-9));
        assertThat(block.get("equal").getAsInt()).isEqualTo(block.get("tensors").getAsInt() - 1);
      } else {
        assertThat(block.get("relative").getAsDouble()).isZero();
      }
    }
    assertThat(blocks).isGreaterThan(5);
    assertThat(
            ProgramRun.of("models", "identify", copy.toString(), "--against", TINY.toString())
                .out())
        .containsPattern("level +same-text-encoder")
        .contains("text_encoder: exact")
        .containsPattern("unet/mid_block +\\d\\.\\d{3}e[-+]\\d+ ");
  }

  @Test
  void anotherTextEncoderIsTheSameArchitectureAndOtherShapesAreNone() throws IOException {
    Path copy = changed("text_encoder", (name, value) -> value + 1);
    JsonObject compared = json(copy, "--against", TINY.toString()).getAsJsonObject("against");
    assertThat(compared.get("level").getAsString()).isEqualTo("same-architecture");
    Path other = GoldenFolders.inProject("testkit/fixtures").resolve("sd2-tiny/model");
    JsonObject mismatch = json(other, "--against", TINY.toString()).getAsJsonObject("against");
    assertThat(mismatch.get("level").getAsString()).isEqualTo("mismatch");
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    Path lora = temp.resolve("lora.safetensors");
    new SafetensorsWriter()
        .add("lora_unet_mid.lora_up.weight", DType.F32, new long[] {1}, new float[1])
        .write(lora);
    ProgramRun run = ProgramRun.of("models", "identify", lora.toString());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("is a LoRA").contains("fmn patch import");
  }

  private static JsonObject json(Path model, String... more) {
    String[] args = new String[4 + more.length];
    System.arraycopy(more, 0, args, 4, more.length);
    args[0] = "models";
    args[1] = "identify";
    args[2] = model.toString();
    args[3] = "--json";
    ProgramRun run = ProgramRun.of(args);
    assertThat(run.code()).as(run.err()).isZero();
    return JsonParser.parseString(run.out()).getAsJsonObject();
  }

  private static SafetensorsFile weights(Path model, String component) throws IOException {
    String base = component.equals("text_encoder") ? "model" : "diffusion_pytorch_model";
    return SafetensorsFile.open(
        model.resolve(component).resolve(base + ".safetensors"), SafetensorsLimits.MODEL);
  }

  /** A copy of the model with another component. */
  private Path changed(String component, BiFunction<String, Float, Float> change)
      throws IOException {
    Path copy = temp.resolve("copy");
    try (var files = Files.walk(TINY)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(TINY.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    Path file;
    try (SafetensorsFile stored = weights(TINY, component)) {
      file = copy.resolve(TINY.relativize(Path.of(stored.where())).toString());
      for (TensorInfo tensor : stored.tensors().values()) {
        if (tensor.dtype() == DType.F32) {
          float[] values = stored.floats(tensor.name());
          for (int i = 0; i < values.length; i++) {
            values[i] = change.apply(tensor.name(), values[i]);
          }
          writer.add(tensor.name(), DType.F32, tensor.shape(), values);
        }
      }
    }
    writer.write(file);
    return copy;
  }
}
