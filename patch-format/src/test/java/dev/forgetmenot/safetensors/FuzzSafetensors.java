package dev.forgetmenot.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A safetensors file, by the limits of patches and by those of models. */
public final class FuzzSafetensors {
  private FuzzSafetensors() {}

  /** One run. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    int strict = read(data, SafetensorsLimits.PATCH);
    int loose = read(data, SafetensorsLimits.MODEL);
    if (strict >= 0 && strict != loose) {
      throw new AssertionError("the narrower limits see " + strict + " tensors, not " + loose);
    }
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
