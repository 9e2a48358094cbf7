package dev.forgetmenot.patching.lora;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Adapter files made in memory, and what their import changes in the tiny model. */
abstract class LoraFiles {
  static final String KEYS = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k";
  static final String OUT = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_out.0";
  static final String CONV = "down_blocks.0.resnets.0.conv1";
  static final int SIDE = 32; // of KEYS and OUT
  static final double CLOSE = 1e-6;

  static ModelOnDisk model;
  static BaseTensors base;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    model = ModelOnDisk.open(GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"));
    base = model.base().tensors();
  }

  @AfterAll
  static void close() throws IOException {
    model.close();
  }

  static String kohya(String module) {
    return "lora_unet_" + module.replace('.', '_');
  }

  static String target(String module) {
    return "unet/" + module + ".weight";
  }

  static SafetensorsWriter add(SafetensorsWriter writer, String name, long seed, long... shape) {
    return writer.add(name, DType.F32, shape, Dense.random(seed, shape));
  }

  static SafetensorsWriter number(SafetensorsWriter writer, String name, double value) {
    return writer.add(name, DType.F32, new long[0], new float[] {(float) value});
  }

  /** What a file changes; values are computed while it is open. */
  static Map<String, double[]> changes(SafetensorsWriter writer) throws IOException {
    try (LoraFile file = LoraFile.read("a.safetensors", ByteBuffer.wrap(writer.toBytes()))) {
      return Dense.of(LoraImport.edits(file, base, model.originalUNetNames()));
    }
  }

  static List<PatchEdit> edits(SafetensorsWriter writer) throws IOException {
    try (LoraFile file = LoraFile.read("a.safetensors", ByteBuffer.wrap(writer.toBytes()))) {
      return LoraImport.edits(file, base, model.originalUNetNames());
    }
  }

  Map<String, double[]> library(String config, SafetensorsWriter writer) throws IOException {
    Path file = folder.resolve("adapter_model.safetensors");
    writer.write(file);
    Files.writeString(folder.resolve("adapter_config.json"), config);
    try (LoraFile lora = LoraFile.read(file)) {
      return Dense.of(LoraImport.edits(lora, base, Map.of()));
    }
  }

  static double[] filled(int size, IntToDoubleFunction value) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = value.applyAsDouble(i);
    }
    return values;
  }

  static double[] weight(String module) throws IOException {
    float[] stored = base.floats("unet", module + ".weight");
    return filled(stored.length, i -> stored[i]);
  }

  static SafetensorsWriter loha(String stem) {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, stem + ".hada_w1_a", 1, SIDE, 2);
    add(writer, stem + ".hada_w1_b", 2, 2, SIDE);
    add(writer, stem + ".hada_w2_a", 3, SIDE, 2);
    return add(writer, stem + ".hada_w2_b", 4, 2, SIDE);
  }

  static double[] hadamard(double scale) {
    double[] a =
        Dense.product(scale, SIDE, 2, SIDE, Dense.random(1, SIDE, 2), Dense.random(2, 2, SIDE));
    double[] b =
        Dense.product(1, SIDE, 2, SIDE, Dense.random(3, SIDE, 2), Dense.random(4, 2, SIDE));
    return filled(a.length, i -> a[i] * b[i]);
  }

  static SafetensorsWriter library(Matrix up, Matrix down) {
    String stem = "base_model.model." + KEYS;
    int rank = up.columns();
    return new SafetensorsWriter()
        .add(
            stem + ".lora_A.weight",
            DType.F32,
            new long[] {rank, down.columns()},
            down.rowMajorFloats())
        .add(stem + ".lora_B.weight", DType.F32, new long[] {up.rows(), rank}, up.rowMajorFloats());
  }

  static SafetensorsWriter pair(String stem) {
    return pair(new SafetensorsWriter(), stem + ".lora_down.weight", stem + ".lora_up.weight");
  }

  /** Factors of rank 2 for a linear layer, whose product is {@link #product}. */
  static SafetensorsWriter pair(SafetensorsWriter writer, String down, String up) {
    return add(add(writer, down, 1, 2, SIDE), up, 2, SIDE, 2);
  }

  static double[] product(double scale) {
    return Dense.product(scale, SIDE, 2, SIDE, Dense.random(2, SIDE, 2), Dense.random(1, 2, SIDE));
  }
}
