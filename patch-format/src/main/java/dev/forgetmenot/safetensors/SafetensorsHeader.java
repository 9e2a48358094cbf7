package dev.forgetmenot.safetensors;

import dev.forgetmenot.files.FileContent;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The checked header of a file: what it holds and where.
 *
 * @param dataBegin offset of the data section in the file
 * @param tensors by name
 * @param metadata by key
 */
public record SafetensorsHeader(
    long dataBegin, Map<String, TensorInfo> tensors, Map<String, String> metadata) {

  /** Bytes before the header's JSON, which say how long it is. */
  public static final int LENGTH_BYTES = 8;

  private static final String DAMAGED =
      "The file is damaged or was not written by a safetensors writer: get it again.";

  /**
   * Reads and checks everything that can be checked without touching the data.
   *
   * @param where what to call the file in errors
   * @param start its first bytes: the length and, where that is plausible, as many as it says
   * @param size bytes of the whole file
   * @throws SafetensorsException when it is malformed, beyond the limits, or a pickle
   */
  public static SafetensorsHeader read(
      String where, ByteBuffer start, long size, SafetensorsLimits limits) throws IOException {
    return read(where, new ByteSource.Start(start, size), limits);
  }

  /** Reads and checks everything that can be checked without touching the data. */
  static SafetensorsHeader read(String where, ByteSource source, SafetensorsLimits limits)
      throws IOException {
    long length = source.size() < LENGTH_BYTES ? -1 : source.view(0, LENGTH_BYTES).getLong();
    boolean plausible =
        length > 0
            && length <= limits.headerBytes()
            && length <= source.size() - LENGTH_BYTES
            && source.view(LENGTH_BYTES, 1).get() == '{';
    if (!plausible) {
      throw implausible(where, source, length, limits);
    }
    var parser = new SafetensorsHeaderParser(where, limits);
    parser.parse(source.view(LENGTH_BYTES, (int) length));
    Map<String, TensorInfo> tensors = parser.tensors();
    long dataBegin = LENGTH_BYTES + length;
    checkTiling(where, tensors, source.size() - dataBegin);
    return new SafetensorsHeader(
        dataBegin,
        Collections.unmodifiableMap(tensors),
        Collections.unmodifiableMap(new TreeMap<>(parser.metadata())));
  }

  private static SafetensorsException implausible(
      String where, ByteSource source, long length, SafetensorsLimits limits) throws IOException {
    long size = source.size();
    ByteBuffer start = source.view(0, (int) Math.min(size, FileContent.SEARCHED));
    FileContent content = FileContent.of(start, size).orElse(null);
    if (content != null && content.kind() != FileContent.Kind.SAFETENSORS) {
      return new SafetensorsException(
          content.kind() == FileContent.Kind.PICKLE ? Problem.PICKLE : Problem.HEADER,
          where,
          content.what() + ", not a safetensors file",
          content.remedy());
    }
    if (content == null) {
      return new SafetensorsException(
          Problem.HEADER,
          where,
          "is not a safetensors file: one begins with the length of its header and a '{', this one"
              + " with the bytes "
              + hex(start),
          DAMAGED);
    }
    if (length > size - LENGTH_BYTES) {
      return new SafetensorsException(
          Problem.HEADER,
          where,
          "is cut short: its header alone has " + length + " bytes and the file has only " + size,
          "The download was not complete: get it again.");
    }
    return new SafetensorsException(
        Problem.HEADER,
        where,
        Message.of(
            "has a header of %s bytes, and at most %s are read here", length, limits.headerBytes()),
        limits.headerBytes() < SafetensorsLimits.REFERENCE_HEADER_BYTES
            ? "Write the file again with less metadata, or give Java a larger heap (-Xmx)."
            : "The format allows no more: write the file again with less metadata.");
  }

  private static String hex(ByteBuffer start) {
    byte[] first = new byte[Math.min(start.remaining(), LENGTH_BYTES + 1)];
    start.duplicate().get(first);
    return HexFormat.ofDelimiter(" ").formatHex(first);
  }

  /** Tensors must fill the data section from its first to its last byte, one after the other. */
  private static void checkTiling(String where, Map<String, TensorInfo> tensors, long dataBytes)
      throws SafetensorsException {
    List<TensorInfo> inOrder = new ArrayList<>(tensors.values());
    inOrder.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    long expected = 0;
    for (TensorInfo tensor : inOrder) {
      if (tensor.begin() != expected) {
        String kind =
            tensor.begin() < expected ? "overlaps the one before it" : "leaves a hole before it";
        throw new SafetensorsException(
            Problem.OFFSETS,
            where,
            Message.of(
                "tensor %s begins at byte %s of the data and %s (expected %s)",
                tensor.name(), tensor.begin(), kind, expected),
            DAMAGED);
      }
      expected = tensor.end();
    }
    if (expected != dataBytes) {
      throw new SafetensorsException(
          Problem.OFFSETS,
          where,
          "the tensors need " + expected + " bytes of data and the file has " + dataBytes,
          expected > dataBytes
              ? "It was cut short, as by a download that was not complete: get it again."
              : "Something was appended to it: get it again.");
    }
  }
}
