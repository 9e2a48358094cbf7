package dev.forgetmenot.safetensors;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;

/**
 * A safetensors file that has been checked in full except for its values: no hole, no overlap, no
 * duplicate name, no byte that belongs to nothing.
 *
 * <p>Tensors are read one by one, so that a file of any size costs only what is looked at; a single
 * tensor may have up to 2 GiB − 1 bytes. Buffers stay valid after {@link #close()}.
 *
 * <p>{@link #map} is for the weights of models: their bytes are memory maps. While a file is mapped
 * no program may make it shorter (the operating system answers such an access with an error that
 * Java cannot catch), and on Windows it cannot be replaced or deleted, until Java has collected the
 * maps.
 *
 * <p>May be read by several threads at once.
 */
public final class SafetensorsFile implements AutoCloseable {

  private final String where;
  private final ByteSource source;
  private final SafetensorsHeader header;
  private final Closeable owned;

  private SafetensorsFile(
      String where, ByteSource source, SafetensorsLimits limits, Closeable owned)
      throws IOException {
    this.where = where;
    this.source = source;
    this.owned = owned;
    this.header = SafetensorsHeader.read(where, source, limits);
  }

  /**
   * Opens a file; the caller closes it.
   *
   * @throws SafetensorsException when it is missing, malformed, beyond the limits, or a pickle
   * @throws IOException when it cannot be read
   */
  public static SafetensorsFile open(Path path, SafetensorsLimits limits) throws IOException {
    return open(path, limits, false);
  }

  /**
   * Opens a file whose tensors are memory maps; the caller closes it.
   *
   * @throws SafetensorsException when it is missing, malformed, beyond the limits, or a pickle
   * @throws IOException when it cannot be read
   */
  public static SafetensorsFile map(Path path, SafetensorsLimits limits) throws IOException {
    return open(path, limits, true);
  }

  private static SafetensorsFile open(Path path, SafetensorsLimits limits, boolean mapped)
      throws IOException {
    PickleCheck.checkName(path);
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new SafetensorsException(
          Problem.MISSING, path.toString(), "there is no such file", "Check the path.", e);
    }
    if (Files.isDirectory(path)) {
      channel.close();
      throw new SafetensorsException(
          Problem.HEADER,
          path.toString(),
          "is a folder, not a safetensors file",
          "Name the file that is meant.");
    }
    try {
      ByteSource source =
          mapped
              ? new ByteSource.MappedFile(channel, channel.size())
              : new ByteSource.OpenFile(channel, channel.size());
      return new SafetensorsFile(path.toString(), source, limits, channel);
    } catch (IOException | RuntimeException e) {
      try {
        channel.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * Opens bytes in memory, from the buffer's position to its limit. The bytes must not change
   * afterwards.
   *
   * @param where what to call the bytes in errors
   * @throws SafetensorsException when they are malformed, beyond the limits, or a pickle
   */
  public static SafetensorsFile open(String where, ByteBuffer bytes, SafetensorsLimits limits)
      throws IOException {
    return new SafetensorsFile(where, new ByteSource.Memory(bytes.slice()), limits, () -> {});
  }

  /** What to call this file in messages: its path, or the name given when it was opened. */
  public String where() {
    return where;
  }

  /** Every tensor by name, in the order of the names. */
  public Map<String, TensorInfo> tensors() {
    return header.tensors();
  }

  /** The free-form metadata, by key; empty if there is none. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** Offset of the data section from the start of the file. */
  public long dataBegin() {
    return header.dataBegin();
  }

  /**
   * The stored bytes of one tensor: read-only, little-endian; a copy on the heap, or a memory map
   * of that tensor alone, see {@link #map}.
   *
   * @throws SafetensorsException when there is no such tensor or it has 2 GiB or more
   */
  public ByteBuffer bytes(String name) throws IOException {
    TensorInfo tensor = tensor(name);
    return source.view(header.dataBegin() + tensor.begin(), size(tensor));
  }

  /**
   * Copies stored bytes of one tensor, of any size, until the buffer is full; nothing is mapped.
   *
   * @param from the first byte in the tensor
   * @throws SafetensorsException when there is no such tensor
   * @throws IndexOutOfBoundsException if the tensor has fewer bytes
   * @throws IOException if the file cannot be read or has become shorter
   */
  public void read(String name, long from, ByteBuffer into) throws IOException {
    TensorInfo tensor = tensor(name);
    Objects.checkFromIndexSize(from, (long) into.remaining(), tensor.byteSize());
    source.read(header.dataBegin() + tensor.begin() + from, into);
  }

  /**
   * The stored bytes of one tensor, read when they are asked for, see {@link #read}.
   *
   * @throws SafetensorsException when there is no such tensor
   */
  public StoredBytes stored(String name) throws SafetensorsException {
    tensor(name);
    return (from, into) -> read(name, from, into);
  }

  /**
   * The values as floats, in the order of the file: narrower types are widened exactly, F64 is
   * rounded to the nearest float.
   *
   * @throws SafetensorsException when there is no such tensor, or it is of no float type
   */
  public float[] floats(String name) throws IOException {
    return floats(name, 0, elements(name));
  }

  /**
   * Some of the values as floats, in the order of the file; see {@link #floats(String)}.
   *
   * @param first the first element
   * @param count how many
   * @throws IndexOutOfBoundsException if the tensor has no such elements
   */
  public float[] floats(String name, int first, int count) throws IOException {
    DType dtype = floatType(name);
    float[] values = new float[count];
    stored(name).floats(dtype, first, values, 0, count);
    return values;
  }

  /**
   * The values of any float type as doubles, exactly.
   *
   * @throws SafetensorsException when there is no such tensor, or it is of no float type
   */
  public double[] doubles(String name) throws IOException {
    return doubles(name, 0, elements(name));
  }

  /**
   * Some of the values as doubles, exactly; see {@link #doubles(String)}.
   *
   * @param first the first element
   * @param count how many
   * @throws IndexOutOfBoundsException if the tensor has no such elements
   */
  public double[] doubles(String name, int first, int count) throws IOException {
    DType dtype = floatType(name);
    double[] values = new double[count];
    stored(name)
        .forEachPart(
            dtype,
            first,
            count,
            (begin, bytes) -> {
              double[] some = TensorValues.doubles(dtype, bytes);
              System.arraycopy(some, 0, values, (int) (begin - first), some.length);
            });
    return values;
  }

  /**
   * The values of a tensor of whole numbers or truth values (0 and 1).
   *
   * @throws SafetensorsException when there is no such tensor, or it is of a float type
   */
  public long[] longs(String name) throws IOException {
    DType dtype = tensor(name).dtype();
    if (!dtype.isInteger()) {
      throw otherType(name, dtype, "whole numbers");
    }
    return TensorValues.longs(dtype, bytes(name));
  }

  /** Closes the file if it was opened by path. Calling it again does nothing. */
  @Override
  public void close() throws IOException {
    owned.close();
  }

  private int elements(String name) throws SafetensorsException {
    TensorInfo tensor = tensor(name);
    return size(tensor) / tensor.dtype().bytes();
  }

  private TensorInfo tensor(String name) throws SafetensorsException {
    TensorInfo tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new SafetensorsException(
          Problem.MISSING,
          where,
          "there is no tensor " + name + " among its " + header.tensors().size(),
          "The file may belong to another model, or to another version of it.");
    }
    return tensor;
  }

  private int size(TensorInfo tensor) throws SafetensorsException {
    if (tensor.byteSize() > Integer.MAX_VALUE) {
      throw new SafetensorsException(
          Problem.SHAPE,
          where,
          Message.of(
              "tensor %s has %s bytes and one tensor may have %s",
              tensor.name(), tensor.byteSize(), Integer.MAX_VALUE),
          "Store it as F16, or in parts.");
    }
    return (int) tensor.byteSize();
  }

  private DType floatType(String name) throws SafetensorsException {
    DType dtype = tensor(name).dtype();
    if (!dtype.isFloat()) {
      throw otherType(name, dtype, "floating-point numbers");
    }
    return dtype;
  }

  private SafetensorsException otherType(String name, DType dtype, String expected) {
    return new SafetensorsException(
        Problem.DTYPE,
        where,
        "tensor " + name + " has the element type " + dtype + "; expected " + expected,
        dtype.isInteger()
            ? "Weights stored as integers belong to a quantisation: take the file that is not"
                + " quantised."
            : "The file may be of another kind than its name says.");
  }
}
