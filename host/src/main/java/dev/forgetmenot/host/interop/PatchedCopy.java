package dev.forgetmenot.host.interop;

import dev.forgetmenot.diffusion.weights.StoredTensor;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.TensorPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A copy of a safetensors file in which some tensors have other values: the same names, types,
 * places and order, so that whoever read the file reads the copy.
 *
 * @param source the file; open
 * @param changed tensors, or ranges of rows of them, by full name; all in the file
 */
record PatchedCopy(SafetensorsFile source, Map<String, StoredTensor> changed) {
  /** Where new bytes come from, one tensor at a time. */
  @FunctionalInterface
  interface NewBytes {
    /** The little-endian bytes of a tensor in the type of the file. */
    ByteBuffer of(String target) throws IOException;
  }

  /** Writes the copy to a channel that is at 0. */
  void writeTo(FileChannel out, NewBytes values) throws IOException {
    List<Map.Entry<String, StoredTensor>> inOrder = new ArrayList<>(changed.entrySet());
    inOrder.sort(Comparator.comparingLong(entry -> begin(entry.getValue())));
    try (FileChannel in = FileChannel.open(Path.of(source.where()), StandardOpenOption.READ)) {
      TensorPayload.drain(HeaderCopy.of(in, source), out);
      long at = source.dataBegin();
      for (Map.Entry<String, StoredTensor> entry : inOrder) {
        long begin = begin(entry.getValue());
        if (begin < at) {
          throw new IOException(source.where() + ": " + entry.getKey() + " shares its bytes");
        }
        copy(in, at, begin, out);
        ByteBuffer bytes = entry.getValue().asStored(values.of(entry.getKey()));
        at = begin + bytes.remaining();
        TensorPayload.drain(bytes, out);
      }
      copy(in, at, in.size(), out);
    }
  }

  private long begin(StoredTensor tensor) {
    return source.dataBegin() + source.tensors().get(tensor.stored()).begin() + tensor.offset();
  }

  /** Appends a part of a file. */
  static void copy(FileChannel in, long from, long to, FileChannel out) throws IOException {
    in.position(from);
    long at = out.position();
    long end = at + to - from;
    while (at < end) {
      long moved = out.transferFrom(in, at, end - at);
      if (moved <= 0) {
        throw new IOException("the file has become shorter since it was opened");
      }
      at += moved;
    }
    out.position(end);
  }
}
