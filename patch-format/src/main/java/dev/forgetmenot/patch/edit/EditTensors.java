package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.archive.EntryReading;
import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsException;
import dev.forgetmenot.safetensors.SafetensorsHeader;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.StoredFloats;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of one edit: exactly those that the manifest declares, in its shapes and types, and
 * finite. {@link #scan} reads all of them once; what is read later must have the same digest.
 */
public final class EditTensors {
  private static final int SEARCHED = 1 << 16;

  /**
   * Where a tensor lies in the file, and the digest of the entry before and after it: who knows
   * both can tell whether bytes between are those that were checked.
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  private record Scanned(TensorInfo info, long at, MessageDigest before, byte[] behind) {}

  private final PatchArchive archive;
  private final String entry;
  private final String where;
  private final EditDescriptor content;
  private final Map<String, Scanned> tensors = new HashMap<>();
  private PatchFormatException refusal;

  public EditTensors(PatchArchive archive, String entry, EditDescriptor content) {
    this.archive = archive;
    this.entry = entry;
    this.content = content;
    where = archive.path() + ": " + entry;
  }

  /**
   * Reads the whole entry. What is wrong with its tensors is kept for {@link #check}: a wrong
   * digest of any entry says more.
   *
   * @return SHA-256 of the entry, hex
   */
  public String scan() throws IOException {
    EntryReading reading = archive.reading(entry);
    try {
      SafetensorsHeader header = header(reading);
      Map<String, DeclaredTensor> declared = declared(header);
      List<TensorInfo> inOrder = new ArrayList<>(header.tensors().values());
      inOrder.sort(Comparator.comparingLong(TensorInfo::begin));
      for (int i = 0; i < inOrder.size() && refusal == null; i++) {
        scan(reading, inOrder.get(i), declared.get(inOrder.get(i).name()));
      }
    } catch (SafetensorsException e) {
      keep(error(e.problem()), e.reason() + "; get the file again");
    }
    return reading.end();
  }

  /** Keeps the first thing that is wrong; the bytes may still be those that were meant. */
  private void keep(PatchError error, String why) {
    refusal = refusal == null ? refuse(error, why) : refusal;
  }

  private SafetensorsHeader header(EntryReading reading) throws IOException {
    long size = reading.left();
    int first = (int) Math.min(size, SafetensorsHeader.LENGTH_BYTES);
    byte[] start = reading.keep(first);
    long length = first < SafetensorsHeader.LENGTH_BYTES ? 0 : little(start).getLong();
    boolean plausible = length > 0 && length <= SafetensorsLimits.PATCH.headerBytes();
    int more = (int) Math.min(reading.left(), plausible ? length : SEARCHED);
    byte[] all = Arrays.copyOf(start, first + more);
    System.arraycopy(reading.keep(more), 0, all, first, more);
    return SafetensorsHeader.read(where, little(all), size, SafetensorsLimits.PATCH);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Map<String, DeclaredTensor> declared(SafetensorsHeader header) {
    Map<String, DeclaredTensor> declared = new HashMap<>();
    for (DeclaredTensor tensor : content.tensors()) {
      declared.put(tensor.name(), tensor);
      compare(tensor, header.tensors().get(tensor.name()));
    }
    for (String name : header.tensors().keySet()) {
      if (!declared.containsKey(name)) {
        keep(PatchError.UNDECLARED_OR_MISSING, "holds the undeclared tensor " + name);
      }
    }
    return declared;
  }

  private void compare(DeclaredTensor declared, TensorInfo info) {
    String name = declared.name();
    if (info == null) {
      keep(PatchError.UNDECLARED_OR_MISSING, "lacks the declared tensor " + name);
      return;
    }
    List<Long> shape = Arrays.stream(info.shape()).boxed().toList();
    if (!shape.equals(declared.shape())) {
      keep(
          declared.differsInRankAlone(shape) ? PatchError.RANK_OR_ALPHA : PatchError.TENSOR_SHAPE,
          name + " has the shape " + shape + " and the manifest says " + declared.shape());
    }
    if (info.byteSize() > Integer.MAX_VALUE) {
      keep(
          PatchError.TENSOR_SHAPE,
          name + " has " + info.byteSize() + " bytes; at most " + Integer.MAX_VALUE);
    }
    if (info.dtype() != declared.dtype()) {
      keep(
          PatchError.TENSOR_DTYPE,
          name + " is " + info.dtype() + "; it should be " + declared.dtype());
    }
  }

  private void scan(EntryReading reading, TensorInfo info, DeclaredTensor declared)
      throws IOException {
    long at = reading.at();
    MessageDigest before = reading.digest();
    for (long left = info.byteSize(); left > 0; ) {
      ByteBuffer part = reading.next(left);
      long first = (info.byteSize() - left) / info.dtype().bytes();
      left -= part.remaining();
      checkFinite(part, first, declared);
    }
    tensors.put(info.name(), new Scanned(info, at, before, reading.digest().digest()));
  }

  private void checkFinite(ByteBuffer part, long first, DeclaredTensor declared) {
    DType dtype = declared.dtype();
    if (dtype == DType.I64) {
      return;
    }
    float[] values = dtype.floats(part);
    for (int i = 0; i < values.length; i++) {
      float value = dtype == DType.F16 ? Fp16Scale.value(values[i], declared.scale()) : values[i];
      if (!Float.isFinite(value)) {
        keep(
            PatchError.NON_FINITE,
            declared.name() + " holds " + value + " at index " + (first + i));
        return;
      }
    }
  }

  /**
   * Refuses what was found wrong.
   *
   * @throws PatchFormatException if the tensors are not what the manifest says, or not finite
   */
  public void check() throws IOException {
    if (refusal != null) {
      throw refusal;
    }
    for (DeclaredTensor tensor : content.tensors()) {
      if (tensor.indexLimit() > 0) {
        index(tensor.name(), tensor.indexLimit());
      }
    }
  }

  /** The values of one tensor, row-major; halves as they are stored. */
  float[] values(String name) throws IOException {
    Scanned tensor = tensors.get(name);
    DType dtype = tensor.info().dtype();
    float[] values = new float[(int) tensor.info().elements()];
    read(
        tensor,
        (part, first) -> {
          float[] some = dtype.floats(part);
          System.arraycopy(some, 0, values, first, some.length);
        });
    return values;
  }

  /**
   * The values of one tensor, kept as they are stored: halves take half the memory of floats.
   *
   * @param scale by which each stored value is multiplied
   */
  StoredFloats stored(String name, double scale) throws IOException {
    Scanned tensor = tensors.get(name);
    List<byte[]> parts = new ArrayList<>();
    read(
        tensor,
        (part, first) -> {
          byte[] bytes = new byte[part.remaining()];
          part.get(bytes);
          parts.add(bytes);
        });
    return new StoredFloats(
        (from, into) -> copy(parts, from, into),
        tensor.info().dtype(),
        scale,
        (int) tensor.info().elements());
  }

  /** From parts of {@link EntryReading#CHUNK}: one large array would need a gap of its size. */
  private static void copy(List<byte[]> parts, long from, ByteBuffer into) {
    for (long at = from; into.hasRemaining(); ) {
      byte[] part = parts.get((int) (at / EntryReading.CHUNK));
      int begin = (int) (at % EntryReading.CHUNK);
      int count = Math.min(into.remaining(), part.length - begin);
      into.put(part, begin, count);
      at += count;
    }
  }

  /** Numbers of rows: rising, each below the count. */
  long[] index(String name, long count) throws IOException {
    Scanned tensor = tensors.get(name);
    long[] index = new long[(int) tensor.info().elements()];
    read(
        tensor,
        (part, first) -> part.asLongBuffer().get(index, first, part.remaining() / Long.BYTES));
    int wrong = SelectedRows.firstWrong(index, count);
    if (wrong >= 0) {
      throw refuse(
          PatchError.TENSOR_SHAPE,
          name + " holds " + index[wrong] + "; row numbers rise and stay below " + count);
    }
    return index;
  }

  /** The rows of one tensor (n, d). */
  Rows rows(String name) throws IOException {
    long[] shape = tensors.get(name).info().shape();
    return new Rows((int) shape[0], (int) shape[1], values(name));
  }

  /** Takes some elements, the first of them by its index. */
  private interface Elements {
    void take(ByteBuffer part, int first);
  }

  /** Values are converted while they are hashed: what was not checked is never handed out. */
  private void read(Scanned tensor, Elements elements) throws IOException {
    MessageDigest sha = EntryReading.copy(tensor.before());
    ByteBuffer chunk = ByteBuffer.allocate(EntryReading.CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    long size = tensor.info().byteSize();
    for (long done = 0; done < size; ) {
      chunk.clear().limit((int) Math.min(EntryReading.CHUNK, size - done));
      archive.read(chunk, tensor.at() + done);
      chunk.flip();
      sha.update(chunk.array(), 0, chunk.limit());
      elements.take(chunk, (int) (done / tensor.info().dtype().bytes()));
      done += chunk.limit();
    }
    if (!MessageDigest.isEqual(sha.digest(), tensor.behind())) {
      throw refuse(
          PatchError.CHANGED_WHILE_READING,
          tensor.info().name() + " was changed since the file was opened; open it again");
    }
  }

  private static PatchError error(SafetensorsException.Problem problem) {
    return switch (problem) {
      case HEADER -> PatchError.TENSOR_HEADER;
      case OFFSETS -> PatchError.TENSOR_OFFSETS;
      case DTYPE -> PatchError.TENSOR_DTYPE;
      case SHAPE -> PatchError.TENSOR_SHAPE;
      case MISSING -> PatchError.UNDECLARED_OR_MISSING;
      case PICKLE -> PatchError.PICKLE;
    };
  }

  private PatchFormatException refuse(PatchError error, String why) {
    return new PatchFormatException(error, where, why);
  }
}
