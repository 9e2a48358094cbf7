package dev.forgetmenot.patch;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.StoredBytes;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;

/**
 * The identity of base tensors:
 *
 * <pre>
 *   leaf(t) = SHA256(0x00 | u32le len(name) | name | u8 dtype | u8 rank | u64le dims.. | raw bytes)
 *   root    = SHA256(0x01 | "fmn-base-v1" | u32le count | leaves sorted by name bytes)
 * </pre>
 */
public final class BaseIdentity {
  private static final Comparator<String> BY_BYTES =
      Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private BaseIdentity() {}

  /**
   * The leaf of a tensor as stored, hex.
   *
   * @param name canonical name without the component
   * @param bytes little-endian elements from position to limit; not changed
   */
  public static String leaf(String name, DType dtype, long[] shape, ByteBuffer bytes) {
    MessageDigest sha = begin(name, dtype, shape);
    sha.update(bytes.duplicate());
    return HexFormat.of().formatHex(sha.digest());
  }

  /** The same of bytes that are read piece by piece. */
  public static String leaf(String name, DType dtype, long[] shape, StoredBytes bytes)
      throws IOException {
    MessageDigest sha = begin(name, dtype, shape);
    bytes.forEachPart(dtype, 0, TensorInfo.elements(shape), (first, part) -> sha.update(part));
    return HexFormat.of().formatHex(sha.digest());
  }

  /** A digest of everything but the values. */
  private static MessageDigest begin(String name, DType dtype, long[] shape) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer head =
        ByteBuffer.allocate(7 + nameBytes.length + 8 * shape.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 0)
            .putInt(nameBytes.length)
            .put(nameBytes)
            .put((byte) dtype.code())
            .put((byte) shape.length);
    for (long size : shape) {
      head.putLong(size);
    }
    MessageDigest sha = Sha256.digest();
    sha.update(head.flip());
    return sha;
  }

  /**
   * The leaf over the values rounded to half, nearest even: the same for a base and its half copy.
   * Arguments as in {@link #leaf}.
   */
  public static String halfLeaf(String name, DType dtype, long[] shape, ByteBuffer bytes) {
    try {
      return halfLeaf(name, dtype, shape, StoredBytes.of(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no file is involved
    }
  }

  /** The same of bytes that are read piece by piece. */
  public static String halfLeaf(String name, DType dtype, long[] shape, StoredBytes bytes)
      throws IOException {
    if (dtype == DType.F16 || dtype.isInteger()) {
      return leaf(name, dtype, shape, bytes);
    }
    MessageDigest sha = begin(name, DType.F16, shape);
    byte[] halves = new byte[2 * StoredBytes.PIECE];
    bytes.forEachPart(
        dtype,
        0,
        TensorInfo.elements(shape),
        (first, part) -> {
          int size = part.remaining() / dtype.bytes();
          if (dtype == DType.F64) {
            for (int i = 0; i < size; i++) {
              put(halves, i, HalfFloats.doubleToHalf(part.getDouble()));
            }
          } else {
            float[] values = dtype.floats(part);
            for (int i = 0; i < size; i++) {
              put(halves, i, HalfFloats.floatToHalf(values[i]));
            }
          }
          sha.update(halves, 0, 2 * size);
        });
    return HexFormat.of().formatHex(sha.digest());
  }

  private static void put(byte[] halves, int index, short half) {
    halves[2 * index] = (byte) half;
    halves[2 * index + 1] = (byte) (half >> 8);
  }

  /** The root over leaves by canonical name, hex. */
  public static String root(Map<String, String> leaves) {
    MessageDigest sha = Sha256.digest();
    sha.update((byte) 1);
    sha.update("fmn-base-v1".getBytes(StandardCharsets.US_ASCII));
    sha.update(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(leaves.size()).flip());
    leaves.keySet().stream()
        .sorted(BY_BYTES)
        .forEach(name -> sha.update(HexFormat.of().parseHex(leaves.get(name))));
    return HexFormat.of().formatHex(sha.digest());
  }
}
