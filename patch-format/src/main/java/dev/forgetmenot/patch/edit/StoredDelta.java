package dev.forgetmenot.patch.edit;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.TensorPayload;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Optional;

/**
 * The bytes of one delta in its entry, made anew from the delta each time they are written. What
 * the manifest says of them is known after the first time.
 */
final class StoredDelta implements TensorPayload {
  private final String target;
  private final Delta delta;
  private double scale = 1;
  private double square;

  StoredDelta(String target, Delta delta) {
    this.target = target;
    this.delta = delta;
  }

  DType dtype() {
    return delta.half() ? DType.F16 : DType.F32;
  }

  /** What the manifest says, after the bytes were written. */
  DeltaEdit.Target described() {
    return new DeltaEdit.Target(
        target,
        Arrays.stream(delta.shape()).boxed().toList(),
        scale * Math.sqrt(square),
        delta.half() ? Optional.of(scale) : Optional.empty());
  }

  /**
   * Writes them.
   *
   * @throws IllegalArgumentException if a value is not finite
   */
  @Override
  public void writeTo(WritableByteChannel channel) throws IOException {
    float[] values = delta.read();
    scale = delta.half() ? Fp16Scale.of(values) : 1;
    square = 0;
    TensorPayload.ofElements(
            values.length,
            dtype().bytes(),
            (buffer, i) -> {
              float stored = values[i];
              if (delta.half()) {
                short bits = HalfFloats.doubleToHalf(values[i] / scale);
                stored = HalfFloats.halfToFloat(bits);
                buffer.putShort(bits);
              } else {
                buffer.putFloat(stored);
              }
              if (!Float.isFinite(Fp16Scale.value(stored, scale))) {
                throw new IllegalArgumentException(target + " holds a value that is not finite");
              }
              square += (double) stored * stored;
            })
        .writeTo(channel);
  }
}
