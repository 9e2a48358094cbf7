package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.ArrayScope;
import dev.forgetmenot.diffusion.engine.EngineMemory;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Reads tensors of files into the engine's memory. Two threads read; what is kept as it is stored
 * lands where it stays, what is converted comes by a few small buffers that are used again and
 * again. Nothing is mapped, so that the files may be replaced at any time. For the engine thread.
 */
final class WeightReader implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int BUFFERS = 3;

  /** What the engine converts; other types are converted by the threads that read. */
  private static final Set<DType> STAGED = EnumSet.of(DType.F32, DType.F16);

  /** Elements that are read at once: 8 MiB of halves, which caches still hold when they widen. */
  private static final int CHUNK = 4 << 20;

  private final NDManager manager;
  private final Ops ops;
  private final NDManager staging;
  private final ExecutorService readers = Executors.newFixedThreadPool(THREADS, WeightReader::name);
  private final Deque<Piece> pending = new ArrayDeque<>();
  private final Map<Boolean, Deque<NDArray>> free = new HashMap<>(); // by whether they hold FLOAT32

  /** A part of a tensor that is being read. */
  private record Piece(
      NDArray target,
      long first,
      int count,
      NDArray staged, // null where it is read into the target itself
      DType stored,
      CompletableFuture<Void> done) {}

  /**
   * A reader.
   *
   * @param manager owns the arrays that are read
   * @param ops converts
   */
  WeightReader(NDManager manager, Ops ops) {
    this.manager = manager;
    this.ops = ops;
    this.staging = manager.newSubManager();
  }

  private static Thread name(Runnable work) {
    Thread thread = new Thread(work, "fmn-weights");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * What to read.
   *
   * @param kept how it is held: F32; or F16 or BF16 where those are stored, or F16 where F32 is
   */
  record Wanted(StoredTensor tensor, Shape shape, DType kept) {}

  /**
   * Reads tensors.
   *
   * @return an array for each, in the order asked for; BF16 is held as FLOAT16 with its bits
   * @throws IOException if a file cannot be read, or a value has no finite half; all that was read
   *     is freed
   */
  List<NDArray> read(List<Wanted> wanted) throws IOException {
    List<NDArray> arrays = new ArrayList<>();
    try {
      for (Wanted one : wanted) {
        DataType type = one.kept() == DType.F32 ? DataType.FLOAT32 : DataType.FLOAT16;
        NDArray target = EngineMemory.onHost(manager, one.shape(), type);
        arrays.add(target);
        int step = one.tensor().dtype() == DType.F32 ? CHUNK / 2 : CHUNK;
        for (long first = 0; first < one.shape().size(); first += step) {
          begin(one, target, first, (int) Math.min(step, one.shape().size() - first));
        }
      }
      while (!pending.isEmpty()) {
        finishOldest();
      }
      checkNarrowed(wanted, arrays);
      arrays.replaceAll(array -> EngineMemory.toDevice(manager, array));
      return arrays;
    } catch (IOException | RuntimeException | Error e) {
      waitForReaders();
      arrays.forEach(NDArray::close);
      throw e;
    }
  }

  private static void checkNarrowed(List<Wanted> wanted, List<NDArray> arrays) throws IOException {
    for (int i = 0; i < arrays.size(); i++) {
      StoredTensor tensor = wanted.get(i).tensor();
      if (tensor.dtype() == DType.F32 && wanted.get(i).kept() == DType.F16) {
        try (ArrayScope t = new ArrayScope(arrays.get(i))) {
          if (t.view(arrays.get(i)).isInfinite().any().getBoolean()) {
            throw new IOException(
                tensor.stored()
                    + " has values beyond 65504, the largest that half precision holds; load this"
                    + " model with --weight-dtype f32");
          }
        }
      }
    }
  }

  private void begin(Wanted one, NDArray target, long first, int count) throws IOException {
    StoredTensor tensor = one.tensor();
    DType stored = tensor.dtype();
    NDArray staged = stored == one.kept() || !STAGED.contains(stored) ? null : buffer(stored);
    ByteBuffer into = part(staged == null ? target : staged, staged == null ? first : 0, count);
    boolean converts = staged == null && stored != one.kept();
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(() -> fill(tensor, first, count, into, converts), readers);
    pending.add(new Piece(target, first, count, staged, stored, done));
  }

  private static ByteBuffer part(NDArray array, long first, int count) {
    int width = array.getDataType().getNumOfBytes();
    return EngineMemory.bytes(array)
        .slice(Math.toIntExact(first * width), count * width)
        .order(ByteOrder.nativeOrder());
  }

  /** On a reader's thread: it touches no array, only the memory of one. */
  private static void fill(
      StoredTensor tensor, long first, int count, ByteBuffer into, boolean converts) {
    int width = tensor.dtype().bytes();
    try {
      if (converts) {
        ByteBuffer bytes = ByteBuffer.allocate(count * width);
        tensor.read(first * width, bytes);
        into.asFloatBuffer().put(tensor.dtype().floats(bytes.flip()));
      } else {
        tensor.read(first * width, into);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A buffer that no thread uses. */
  private NDArray buffer(DType stored) throws IOException {
    int halves = stored == DType.F32 ? 2 : 1;
    Deque<NDArray> unused = free.computeIfAbsent(stored == DType.F32, key -> new ArrayDeque<>());
    while (unused.isEmpty()
        && pending.stream().filter(p -> p.staged() != null).count() >= BUFFERS) {
      finishOldest();
    }
    if (!unused.isEmpty()) {
      return unused.pop();
    }
    DataType type = stored == DType.F32 ? DataType.FLOAT32 : DataType.FLOAT16;
    return EngineMemory.onHost(staging, new Shape(CHUNK / halves), type);
  }

  private void finishOldest() throws IOException {
    Piece piece = pending.peek();
    try {
      piece.done().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failure) {
        throw failure.getCause();
      }
      throw e;
    }
    pending.remove();
    if (piece.staged() != null) {
      ops.put(piece.target(), piece.first(), piece.staged(), piece.count());
      free.get(piece.stored() == DType.F32).push(piece.staged());
    }
  }

  /** The memory of arrays must not go while it is written to. */
  private void waitForReaders() {
    for (Piece piece : pending) {
      piece.done().handle((unused, failure) -> null).join();
    }
    pending.clear();
  }

  @Override
  public void close() {
    waitForReaders();
    readers.shutdown();
    staging.close();
  }
}
