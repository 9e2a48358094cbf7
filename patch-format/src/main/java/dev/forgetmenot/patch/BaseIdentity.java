package dev.forgetmenot.patch;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
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
    sha.update(bytes.duplicate());
    return HexFormat.of().formatHex(sha.digest());
  }

  /**
   * The leaf over the values rounded to half, nearest even: the same for a base and its half copy.
   * Arguments as in {@link #leaf}.
   */
  public static String halfLeaf(String name, DType dtype, long[] shape, ByteBuffer bytes) {
    if (dtype == DType.F16 || dtype == DType.I64 || dtype == DType.I32) {
      return leaf(name, dtype, shape, bytes);
    }
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    int count = in.remaining() / dtype.bytes();
    ByteBuffer halves = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      halves.putShort(
          switch (dtype) {
            case F32 -> HalfFloats.floatToHalf(in.getFloat());
            case BF16 -> HalfFloats.floatToHalf(HalfFloats.bfloat16ToFloat(in.getShort()));
            default -> HalfFloats.doubleToHalf(in.getDouble());
          });
    }
    return leaf(name, DType.F16, shape, halves.flip());
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
