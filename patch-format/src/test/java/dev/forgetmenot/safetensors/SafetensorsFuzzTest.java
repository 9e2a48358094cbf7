package dev.forgetmenot.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.patch.EditTensorsFuzzTest;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A safetensors file, by the limits of patches and by those of models. */
class SafetensorsFuzzTest {
  /** The tensors of a patch of each kind. */
  static List<byte[]> seeds() {
    return EditTensorsFuzzTest.tensors();
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) throws IOException {
    int strict = read(data, SafetensorsLimits.PATCH);
    int loose = read(data, SafetensorsLimits.MODEL);
    if (strict >= 0 && strict != loose) {
      throw new AssertionError("the narrower limits see " + strict + " tensors, not " + loose);
    }
  }

  @Test
  void randomDamage() throws IOException {
    RandomDamage.readBy(this::read, seeds());
  }

  private static int read(byte[] data, SafetensorsLimits limits) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open("x", ByteBuffer.wrap(data), limits)) {
      long bytes = file.dataBegin();
      for (TensorInfo tensor : file.tensors().values()) {
        bytes += file.bytes(tensor.name()).remaining();
        if (tensor.dtype() == DType.I64) {
          file.longs(tensor.name());
        } else {
          file.doubles(tensor.name());
        }
      }
      if (bytes != data.length) {
        throw new AssertionError("tensors of " + bytes + " bytes in " + data.length);
      }
      return file.tensors().size();
    } catch (SafetensorsException e) {
      return -1;
    }
  }
}
