package dev.forgetmenot.patching.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsException;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.hostile.Damage;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A LoRA file of any tool, imported for a small base. */
class LoraFuzzTest {
  private static final String KEYS = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k";
  private static final String CONVOLUTION = "conv_in";
  private static final BaseTensors BASE = new Base();

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) throws IOException {
    try (LoraFile file = LoraFile.read("x", ByteBuffer.wrap(data))) {
      LoraImport.edits(file, BASE, Map.of());
    } catch (LoraException | SafetensorsException e) {
      // refused
    }
  }

  @Test
  void randomDamage() throws IOException {
    RandomDamage.readBy(this::read, seeds());
  }

  @Test
  void seedsAreImported() throws IOException {
    for (byte[] seed : seeds()) {
      try (LoraFile file = LoraFile.read("x", ByteBuffer.wrap(seed))) {
        assertThat(file.modules()).hasSize(1);
      }
    }
  }

  @Test
  void everyByteOfEverySeed() throws IOException {
    for (byte[] seed : seeds()) {
      for (Damage damage : Damage.flips(seed).toList()) {
        try {
          read(damage.bytes());
        } catch (RuntimeException | Error e) {
          throw new AssertionError(damage.what(), e);
        }
      }
    }
  }

  static List<byte[]> seeds() {
    return List.of(
        linear("lora_unet_" + KEYS.replace('.', '_'), ".lora_down.weight", ".lora_up.weight"),
        linear("unet." + KEYS, ".lora_A.weight", ".lora_B.weight"),
        linear("unet." + KEYS, ".lora.down.weight", ".lora.up.weight"),
        convolution());
  }

  private static byte[] linear(String stem, String down, String up) {
    return new SafetensorsWriter()
        .metadata("ss_network_dim", "1")
        .add(stem + down, DType.F32, new long[] {1, 4}, new float[] {1, 2, 3, 4})
        .add(stem + up, DType.F16, new long[] {3, 1}, new float[] {1, 2, 3})
        .add(stem + ".alpha", DType.F32, new long[0], new float[] {0.5f})
        .toBytes();
  }

  private static byte[] convolution() {
    return new SafetensorsWriter()
        .add(
            "lora_unet_conv_in.lora_down.weight", DType.F32, new long[] {1, 2, 3, 3}, new float[18])
        .add("lora_unet_conv_in.lora_up.weight", DType.F32, new long[] {2, 1, 1, 1}, new float[2])
        .toBytes();
  }

  /** Two layers. */
  private static final class Base implements BaseTensors {
    private static final Map<String, long[]> SHAPES =
        Map.of(
            KEYS + ".weight", new long[] {3, 4}, CONVOLUTION + ".weight", new long[] {2, 2, 3, 3});

    @Override
    public Set<String> names(String component) {
      return component.equals("unet") ? SHAPES.keySet() : Set.of();
    }

    @Override
    public DType dtype(String component, String name) {
      return DType.F32;
    }

    @Override
    public long[] shape(String component, String name) {
      return SHAPES.get(name).clone();
    }

    @Override
    public ByteBuffer bytes(String component, String name) {
      return ByteBuffer.allocate(4 * size(name));
    }

    @Override
    public float[] floats(String component, String name) {
      return new float[size(name)];
    }

    private static int size(String name) {
      long size = 1;
      for (long one : SHAPES.get(name)) {
        size *= one;
      }
      return (int) size;
    }

    @Override
    public String source(String component) {
      return "a small base";
    }
  }
}
