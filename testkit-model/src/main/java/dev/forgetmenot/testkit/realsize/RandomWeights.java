package dev.forgetmenot.testkit.realsize;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random weights: uniform numbers in ±0.035 (variance 0.02²), ones as scales of norms, zeros as
 * biases. Each tensor is a window of one pool of numbers, at a place of its own: drawing a billion
 * takes long. The same seed gives the same bytes; of two element types, the rounded values of the
 * same numbers.
 */
final class RandomWeights {
  private static final double BOUND = 0.02 * Math.sqrt(3);

  /** More numbers than any tensor has, so that windows differ. */
  private static final int POOL = 64 << 20;

  private final DType dtype;
  private final SplittableRandom random;
  private final ByteBuffer pool;

  /**
   * Draws the pool.
   *
   * @param dtype F32, F16 or BF16
   */
  RandomWeights(DType dtype, long seed) {
    this.dtype = dtype;
    random = new SplittableRandom(seed);
    pool = ByteBuffer.allocateDirect(POOL * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    while (pool.hasRemaining()) {
      put(pool, (float) random.nextDouble(-BOUND, BOUND));
    }
  }

  /** Writes tensors of these shapes. */
  void write(Path file, Map<String, Shape> shapes) throws IOException {
    SafetensorsWriter tensors = new SafetensorsWriter();
    shapes.forEach((name, shape) -> tensors.add(name, dtype, shape.getShape(), of(name, shape)));
    tensors.write(file);
  }

  private ByteBuffer of(String name, Shape shape) {
    int count = Math.toIntExact(shape.size());
    if (shape.dimension() < 2) {
      ByteBuffer same = ByteBuffer.allocate(count * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      while (same.hasRemaining()) {
        put(same, name.endsWith("weight") ? 1 : 0);
      }
      return same.flip();
    }
    int begin = random.nextInt(POOL - count) * dtype.bytes();
    return pool.slice(begin, count * dtype.bytes());
  }

  private void put(ByteBuffer buffer, float value) {
    switch (dtype) {
      case F32 -> buffer.putFloat(value);
      case F16 -> buffer.putShort(HalfFloats.floatToHalf(value));
      case BF16 -> buffer.putShort(HalfFloats.floatToBfloat16(value));
      default -> throw new IllegalArgumentException("expected F32, F16 or BF16, found " + dtype);
    }
  }
}
