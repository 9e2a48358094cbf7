package dev.forgetmenot.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The element types that this project reads and writes. All are stored little-endian.
 *
 * <p>The code is part of a base model's identity (docs/patch-format.md) and never changes.
 */
public enum DType {
  /** IEEE 754 binary32. */
  F32(1, 4),
  /** IEEE 754 binary16. */
  F16(2, 2),
  /** The upper half of a binary32. */
  BF16(3, 2),
  /** IEEE 754 binary64. */
  F64(4, 8),
  /** Two's complement integers of 64 bits. */
  I64(5, 8),
  /** Two's complement integers of 32 bits; models hold counters of them and no weights. */
  I32(6, 4);

  private final int code;
  private final int bytes;

  DType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The number that stands for this type in the identity of a base model, 1 to 6. */
  public int code() {
    return code;
  }

  /**
   * Stored values as floats: F32 as they are, F16 and BF16 widened exactly.
   *
   * @param bytes little-endian elements from position to limit; the buffer's state does not change
   * @throws IllegalArgumentException for the other types, which would lose digits
   */
  public float[] floats(ByteBuffer bytes) {
    if (this != F32 && this != F16 && this != BF16) {
      throw new IllegalArgumentException("expected F32, F16 or BF16, found " + this);
    }
    return TensorValues.floats(this, bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Bytes of one element: 2, 4 or 8. */
  public int bytes() {
    return bytes;
  }
}
