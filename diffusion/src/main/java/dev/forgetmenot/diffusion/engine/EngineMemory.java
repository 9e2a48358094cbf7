package dev.forgetmenot.diffusion.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.files.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.stream.IntStream;

/**
 * Numbers between Java and the engine's own memory, copied once. DJL's {@code create(values,
 * shape)} keeps its values in a direct buffer of Java, whose sum the JVM limits (by -Xmx where
 * nothing else is said): what lives longer than a calculation is made here. For the engine thread.
 */
public final class EngineMemory {
  private static final int PART = 1 << 16; // elements that one thread widens at a time

  private EngineMemory() {}

  /**
   * A new FLOAT32 array; the caller closes it.
   *
   * @param manager owns the array, on its device
   * @param values as many as the shape has, row-major
   */
  public static NDArray of(NDManager manager, float[] values, Shape shape) {
    if (values.length != shape.size()) {
      throw new IllegalArgumentException(
          Message.of(
              "an array of the shape %s has %s values, not %s",
              shape, shape.size(), values.length));
    }
    NDArray array = onHost(manager, shape, DataType.FLOAT32);
    try {
      bytes(array).asFloatBuffer().put(values);
      return toDevice(manager, array);
    } catch (RuntimeException | Error e) {
      array.close();
      throw e;
    }
  }

  /**
   * Gives an array new values in place. DJL's own {@code set} and {@code copyTo} leave them in a
   * direct buffer of Java that lives as long as the array.
   *
   * @param array dense FLOAT32, of any device; no part of a graph that is still needed
   * @param values as many as the array has, row-major
   */
  public static void set(NDArray array, float[] values) {
    if (array.getDevice().equals(Device.cpu())) {
      bytes(array).asFloatBuffer().put(values);
    } else {
      array.set(FloatBuffer.wrap(values));
    }
  }

  /** A new array in the host's memory with any values; the caller closes it. */
  public static NDArray onHost(NDManager manager, Shape shape, DataType type) {
    return manager.create(shape, EngineTypes.require(type), Device.cpu());
  }

  /** The array on the manager's device: itself, or a copy after which the array is closed. */
  public static NDArray toDevice(NDManager manager, NDArray host) {
    if (manager.getDevice().equals(host.getDevice())) {
      return host;
    }
    try (host) {
      return host.toDevice(manager.getDevice(), true);
    }
  }

  /**
   * The memory of an array that {@link #onHost} made: what is written here is in the array. It may
   * be written by any thread, as long as the array is open; touching it later ends the process.
   */
  public static ByteBuffer bytes(NDArray host) {
    if (host.size() == 0) {
      return ByteBuffer.allocate(0);
    }
    return host.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }

  /** A copy of the values of a FLOAT32 array of any device. */
  public static float[] floats(NDArray array) {
    float[] values = new float[Math.toIntExact(array.size())];
    if (values.length > 0) {
      try (ArrayScope t = new ArrayScope(array)) { // the engine may make a dense copy
        FloatBuffer stored = bytes(t.view(array)).asFloatBuffer();
        stored.get(values);
      }
    }
    return values;
  }

  /**
   * Bits of bfloat16 that travel as FLOAT16, since DJL has no type for them, widened to FLOAT32.
   *
   * @param packed dense, any shape, of any device; stays open
   * @return of the same shape and manager; the caller closes it
   */
  public static NDArray widenBrain(NDArray packed) {
    NDManager manager = packed.getManager();
    NDArray wide = onHost(manager, packed.getShape(), DataType.FLOAT32);
    try (ArrayScope t = new ArrayScope(packed)) {
      ShortBuffer bits = bytes(t.view(packed)).asShortBuffer();
      IntBuffer floats = bytes(wide).asIntBuffer();
      int parts = (bits.capacity() + PART - 1) / PART;
      IntStream.range(0, parts)
          .parallel()
          .forEach(
              part -> {
                int end = Math.min(bits.capacity(), (part + 1) * PART);
                for (int i = part * PART; i < end; i++) {
                  floats.put(i, bits.get(i) << Short.SIZE);
                }
              });
    }
    return toDevice(manager, wide);
  }
}
