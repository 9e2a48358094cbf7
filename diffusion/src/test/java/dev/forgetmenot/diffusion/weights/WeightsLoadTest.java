package dev.forgetmenot.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchOps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that do not fit the architecture, and element types. */
class WeightsLoadTest {
  private static EngineThread engine;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    engine = EngineThread.start("cpu");
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  private void write(String header, byte[] values) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + values.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json).put(values);
    Files.write(folder.resolve("diffusion_pytorch_model.safetensors"), file.array());
  }

  private float[] load(String component, String name, Map<String, Shape> shapes)
      throws IOException {
    return engine.<float[], IOException>call(
        () -> {
          try (NDManager manager = engine.newManager();
              Ops ops = TorchOps.create(engine)) {
            Weights weights = Weights.load(manager, ops, folder, component, shapes);
            float[] values = weights.get(name).array().toFloatArray();
            weights.close();
            assertThat(manager.getManagedArrays()).isEmpty();
            return values;
          }
        });
  }

  @Test
  void saysWhatIsMissingUnknownAndOfAnotherShape() throws IOException {
    write(
        """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
        "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
        new byte[12]);
    assertThatThrownBy(
            () -> load("unet", "a", Map.of("a", new Shape(3), "conv_in.weight", new Shape(1))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("diffusion_pytorch_model.safetensors")
        .hasMessageContaining("a has the shape (2) instead of (3)")
        .hasMessageContaining("conv_in.weight is missing")
        .hasMessageContaining("b is not part of the architecture");
  }

  @Test
  void widensHalvesAndBrainFloats() throws IOException {
    write(
        """
        {"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},\
        "b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}}""",
        new byte[] {0x00, 0x3c, 0x00, (byte) 0xc0, (byte) 0x80, 0x3f, 0x49, 0x40});
    Map<String, Shape> shapes = Map.of("a", new Shape(2), "b", new Shape(2));
    assertThat(load("unet", "a", shapes)).containsExactly(1f, -2f);
    assertThat(load("unet", "b", shapes)).containsExactly(1f, 3.140625f);
  }

  @Test
  void namesAndShapesOfOldAutoencoderFoldersAreUnderstood() throws IOException {
    write(
        """
        {"encoder.mid_block.attentions.0.proj_attn.weight":\
        {"dtype":"F32","shape":[1,1,1,1],"data_offsets":[0,4]}}""",
        new byte[] {0, 0, (byte) 0x80, 0x3f});
    String canonical = "encoder.mid_block.attentions.0.to_out.0.weight";
    assertThat(load("vae", canonical, Map.of(canonical, new Shape(1, 1)))).containsExactly(1f);
  }

  @Test
  void aWrongNameGetsNearOnes() {
    engine.<Void, RuntimeException>call(
        () -> {
          try (NDManager manager = engine.newManager()) {
            Weights weights =
                Weights.random(
                    manager, Map.of("conv_in.weight", new Shape(2, 2), "x", new Shape(1)), 1);
            assertThatThrownBy(() -> weights.get("conv_in.wieght"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conv_in.weight");
            Weight cell = weights.get("conv_in.weight");
            assertThatThrownBy(() -> cell.swap(manager.zeros(new Shape(2, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(2, 2)");
            return null;
          }
        });
  }
}
