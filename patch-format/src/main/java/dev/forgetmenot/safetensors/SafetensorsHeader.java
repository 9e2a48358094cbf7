package dev.forgetmenot.safetensors;

import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
record SafetensorsHeader(
    long dataBegin, Map<String, TensorInfo> tensors, Map<String, String> metadata) {

  static final int LENGTH_BYTES = 8;
  private static final String DAMAGED =
      "The file is damaged or was not written by a safetensors writer: get it again.";

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
      PickleCheck.checkContent(where, source);
      throw implausible(where, source.size(), length, limits);
    }
    String json = decode(where, source.view(LENGTH_BYTES, (int) length));
    var parser = new SafetensorsHeaderParser(where, limits);
    parser.parse(json);
    Map<String, TensorInfo> tensors = parser.tensors();
    long dataBegin = LENGTH_BYTES + length;
    checkTiling(where, tensors, source.size() - dataBegin);
    return new SafetensorsHeader(
        dataBegin,
        Collections.unmodifiableMap(tensors),
        Collections.unmodifiableMap(new TreeMap<>(parser.metadata())));
  }

  private static SafetensorsException implausible(
      String where, long size, long length, SafetensorsLimits limits) {
    String reason;
    if (size < LENGTH_BYTES) {
      reason = "the file has " + size + " bytes and a header needs more than " + LENGTH_BYTES;
    } else if (length < 0 || length > limits.headerBytes()) {
      reason =
          "the header claims "
              + Long.toUnsignedString(length)
              + " bytes and "
              + limits.headerBytes()
              + " are allowed";
    } else if (length > size - LENGTH_BYTES) {
      reason = "the header claims " + length + " bytes and the file has only " + size;
    } else {
      reason = "the header does not begin with '{'";
    }
    return new SafetensorsException(Problem.HEADER, where, reason, DAMAGED);
  }

  private static String decode(String where, ByteBuffer bytes) throws SafetensorsException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(bytes)
          .toString(); // a new decoder reports, it does not replace
    } catch (CharacterCodingException e) {
      throw new SafetensorsException(
          Problem.HEADER, where, "the header is not valid UTF-8", DAMAGED, e);
    }
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
            "tensor "
                + tensor.name()
                + " begins at byte "
                + tensor.begin()
                + " of the data and "
                + kind
                + " (expected "
                + expected
                + ")",
            DAMAGED);
      }
      expected = tensor.end();
    }
    if (expected != dataBytes) {
      throw new SafetensorsException(
          Problem.OFFSETS,
          where,
          "the tensors need " + expected + " bytes of data and the file has " + dataBytes,
          "It was cut short or something was appended: get it again.");
    }
  }
}
