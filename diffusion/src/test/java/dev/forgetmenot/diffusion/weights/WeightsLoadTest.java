package dev.forgetmenot.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.safetensors.HalfFloats;
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
              Ops ops = TorchScriptOps.create(engine)) {
            ModelParameters weights = ModelParameters.load(manager, ops, folder, component, shapes);
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
        "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}\
        """,
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
        "b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}}\
        """,
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
        {"dtype":"F32","shape":[1,1,1,1],"data_offsets":[0,4]}}\
        """,
        new byte[] {0, 0, (byte) 0x80, 0x3f});
    String canonical = "encoder.mid_block.attentions.0.to_out.0.weight";
    assertThat(load("vae", canonical, Map.of(canonical, new Shape(1, 1)))).containsExactly(1f);
  }

  @Test
  void aWrongNameGetsNearOnes() {
    engine.<Void, RuntimeException>call(
        () -> {
          try (NDManager manager = engine.newManager()) {
            ModelParameters weights =
                RandomParameters.of(
                    manager, Map.of("conv_in.weight", new Shape(2, 2), "x", new Shape(1)), 1);
            assertThatThrownBy(() -> weights.get("conv_in.wieght"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conv_in.weight");
            ModelParameter parameter = weights.get("conv_in.weight");
            assertThatThrownBy(() -> parameter.swap(manager.zeros(new Shape(2, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(2, 2)");
            return null;
          }
        });
  }

  /** Three numbers in three types, as a kernel (1, 3) and as a bias (3). */
  private void writeTypes() throws IOException {
    byte[] values = new byte[24];
    ByteBuffer bytes = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort((short) 0x3c01).putShort((short) 0xc000).putShort((short) 0x0001); // F16
    bytes.putShort((short) 0x3f81).putShort((short) 0xc000).putShort((short) 0x0080); // BF16
    bytes.putFloat(1.0001f).putFloat(-2).putFloat(3e-8f); // F32
    write(
        """
        {"half":{"dtype":"F16","shape":[1,3],"data_offsets":[0,6]},\
        "brain":{"dtype":"BF16","shape":[1,3],"data_offsets":[6,12]},\
        "single":{"dtype":"F32","shape":[1,3],"data_offsets":[12,24]}}\
        """,
        values);
  }

  private static final Map<String, Shape> TYPES =
      Map.of("half", new Shape(1, 3), "brain", new Shape(1, 3), "single", new Shape(1, 3));

  private <T> T withWeights(WeightPrecision precision, Map<String, Shape> shapes, Work<T> work)
      throws IOException {
    return engine.<T, IOException>call(
        () -> {
          try (NDManager manager = engine.newManager();
              Ops ops = TorchScriptOps.create(engine);
              ComponentTensors stored = ComponentTensors.open(folder, "unet")) {
            stored.check(shapes);
            try (ModelParameters weights =
                ModelParameters.of(manager, ops, stored, shapes, precision)) {
              return work.of(weights);
            }
          }
        });
  }

  @FunctionalInterface
  private interface Work<T> {
    T of(ModelParameters weights) throws IOException;
  }

  @Test
  void nothingIsReadBeforeItIsNeeded() throws IOException {
    writeTypes();
    withWeights(
        WeightPrecision.F32,
        TYPES,
        weights -> {
          assertThat(weights.manager().getManagedArrays()).isEmpty();
          assertThat(weights.get("half").shape()).isEqualTo(new Shape(1, 3));
          assertThat(weights.get("half").floats())
              .containsExactly(1.0009766f, -2, Math.scalb(1f, -24));
          assertThat(weights.manager().getManagedArrays()).hasSize(1);
          weights.ready("s");
          assertThat(weights.get("single").inMemory()).isTrue();
          assertThat(weights.get("brain").inMemory()).isFalse();
          weights.ready("");
          assertThat(weights.all()).allMatch(ModelParameter::inMemory);
          return null;
        });
  }

  @Test
  void halvesStayAsTheyAreAndAreWidenedWhereTheyAreUsed() throws IOException {
    writeTypes();
    withWeights(
        WeightPrecision.HALF,
        TYPES,
        weights -> {
          weights.ready("");
          assertThat(weights.all())
              .allMatch(parameter -> parameter.state().array().getDataType() == DataType.FLOAT16);
          int before = weights.manager().getManagedArrays().size();
          assertThat(weights.get("half").floats())
              .containsExactly(1.0009766f, -2, Math.scalb(1f, -24));
          assertThat(weights.get("brain").floats())
              .containsExactly(1.0078125f, -2, Math.scalb(1f, -126));
          assertThat(weights.get("single").floats())
              .containsExactly(1, -2, Math.scalb(1f, -24)); // rounded, ties to even
          assertThat(weights.manager().getManagedArrays()).hasSize(before);
          // What training needs is what the file stores, not what was rounded.
          assertThat(weights.get("single").array().toFloatArray())
              .containsExactly(1.0001f, -2, 3e-8f);
          assertThat(weights.manager().getManagedArrays()).hasSize(before);
          return null;
        });
  }

  @Test
  void biasesAreNotRounded() throws IOException {
    write(
        """
        {"bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}\
        """,
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.0001f).array());
    withWeights(
        WeightPrecision.HALF,
        Map.of("bias", new Shape(1)),
        weights -> {
          assertThat(weights.get("bias").floats()).containsExactly(1.0001f);
          return null;
        });
  }

  @Test
  void whatNoHalfHoldsIsRefusedByName() throws IOException {
    write(
        """
        {"kernel":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}\
        """,
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(70000).array());
    withWeights(
        WeightPrecision.HALF,
        Map.of("kernel", new Shape(1, 1)),
        weights -> {
          assertThatThrownBy(() -> weights.ready(""))
              .hasMessageContaining("kernel")
              .hasMessageContaining("65504")
              .hasMessageContaining("--weight-dtype f32");
          assertThat(weights.manager().getManagedArrays()).isEmpty();
          return null;
        });
  }

  @Test
  void aFileThatWasChangedAfterItWasOpenedIsNotRead() throws IOException {
    writeTypes();
    withWeights(
        WeightPrecision.F32,
        TYPES,
        weights -> {
          write("{}", new byte[0]);
          assertThatThrownBy(() -> weights.ready(""))
              .hasMessageContaining("FMN-506")
              .hasMessageContaining("diffusion_pytorch_model.safetensors");
          assertThat(weights.manager().getManagedArrays()).isEmpty();
          return null;
        });
  }

  @Test
  void tensorsLargerThanABufferAreReadInParts() throws IOException {
    int count = (9 << 20) + 7;
    ByteBuffer halves = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      halves.putShort(2 * i, (short) (i % 0x7c00)); // every finite half that is not negative
    }
    write(
        String.format(
            java.util.Locale.ROOT,
            "{\"w\":{\"dtype\":\"F16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}",
            count,
            2 * count),
        halves.array());
    float[] found = load("unet", "w", Map.of("w", new Shape(count)));
    assertThat(found).hasSize(count);
    for (int i = 0; i < count; i += 1009) {
      assertThat(found[i]).isEqualTo(HalfFloats.halfToFloat((short) (i % 0x7c00)));
    }
    assertThat(found[count - 1]).isEqualTo(HalfFloats.halfToFloat((short) ((count - 1) % 0x7c00)));
  }
}
