package dev.forgetmenot.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The element types of the format that take whole bytes. All are stored little-endian. Weights are
 * of a float type; the others are read where they stand for counters.
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
  /** Two's complement integers of 32 bits. */
  I32(6, 4),
  /**
   * 8 bits with 4 of exponent and 3 of mantissa, without infinities; see {@link EightBitFloats}.
   */
  F8_E4M3(7, 1),
  /** 8 bits with 5 of exponent and 2 of mantissa: the upper half of a binary16. */
  F8_E5M2(8, 1),
  /** Two's complement integers of 16 bits. */
  I16(9, 2),
  /** Two's complement integers of 8 bits. */
  I8(10, 1),
  /** Unsigned integers of 64 bits. */
  U64(11, 8),
  /** Unsigned integers of 32 bits. */
  U32(12, 4),
  /** Unsigned integers of 16 bits. */
  U16(13, 2),
  /** Unsigned integers of 8 bits. */
  U8(14, 1),
  /** Truth values, a byte each: 0 or 1. */
  BOOL(15, 1);

  private final int code;
  private final int bytes;

  DType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The number that stands for this type in the identity of a base model, 1 to 15. */
  public int code() {
    return code;
  }

  /** Whether values are floating-point numbers, as weights are. */
  public boolean isFloat() {
    return switch (this) {
      case F32, F16, BF16, F64, F8_E4M3, F8_E5M2 -> true;
      case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> false;
    };
  }

  /** Whether values are whole numbers or truth values. */
  public boolean isInteger() {
    return !isFloat();
  }

  /**
   * Stored values as floats: narrower types widened exactly, F64 rounded to the nearest float.
   *
   * @param bytes little-endian elements from position to limit; the buffer's state does not change
   * @throws IllegalArgumentException for integers and truth values
   */
  public float[] floats(ByteBuffer bytes) {
    if (!isFloat()) {
      throw new IllegalArgumentException("expected a float type, found " + this);
    }
    return TensorValues.floats(this, bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Bytes of one element: 1, 2, 4 or 8. */
  public int bytes() {
    return bytes;
  }
}
