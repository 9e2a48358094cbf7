package dev.forgetmenot.diffusion.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of token embeddings after those of the model: the cells (k, d) stay apart, so that each can
 * be trained alone and the large matrix is neither copied nor given a gradient. For the engine
 * thread.
 */
final class AddedEmbeddings {
  private final List<Columns> all = new ArrayList<>();

  /**
   * The columns of a cell that this text encoder reads: d of them, which are all where the cell is
   * its own.
   */
  private record Columns(ModelParameter parameter, int first, int width) {
    NDArray rows() {
      NDArray array = parameter.array();
      return whole() ? array : array.get(":, " + first + ":" + (first + width));
    }

    boolean whole() {
      return parameter.shape().get(1) == width;
    }
  }

  /**
   * Adds rows.
   *
   * @param parameter (k, at least d)
   * @param first the first of the d columns that are read
   * @param width d
   */
  void add(ModelParameter parameter, int first, int width) {
    all.add(new Columns(parameter, first, width));
  }

  void remove(ModelParameter parameter) {
    if (all.isEmpty() || all.get(all.size() - 1).parameter != parameter) {
      throw new IllegalStateException(
          "rows that were added after " + parameter.name() + " must be taken off first");
    }
    all.remove(all.size() - 1);
  }

  int count() {
    return all.stream().mapToInt(one -> Math.toIntExact(one.parameter.shape().get(0))).sum();
  }

  /**
   * Looks ids up in the model's matrix and after it; gradients reach the added rows.
   *
   * @param known the model's matrix (v, d)
   * @param ids row by row, each less than v + {@link #count}
   * @param shape of the ids
   * @return shape and d
   */
  NDArray embed(NDManager manager, NDArray known, long[] ids, Shape shape) {
    // A small table: the rows of all places, then the added ones; then each place looks there.
    long vocabulary = known.getShape().get(0);
    long[] inside = ids.clone();
    long[] places = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      boolean added = ids[i] >= vocabulary;
      inside[i] = added ? 0 : ids[i];
      places[i] = added ? ids.length + ids[i] - vocabulary : i;
    }
    try (NDArray found = look(manager, known, inside, new Shape(ids.length));
        NDArray table = table(found)) {
      return look(manager, table, places, shape);
    }
  }

  private NDArray table(NDArray found) {
    NDList rows = new NDList(found);
    all.forEach(columns -> rows.add(columns.rows()));
    NDArray table = NDArrays.concat(rows, 0);
    for (int i = 0; i < all.size(); i++) {
      if (!all.get(i).whole()) {
        rows.get(i + 1).close();
      }
    }
    return table;
  }

  /** Rows of a table (r, d) by index. */
  static NDArray look(NDManager manager, NDArray table, long[] indices, Shape shape) {
    try (NDArray wrapped = manager.create(indices, shape);
        // a graph keeps the indices: they must not lie in a Java buffer
        NDArray index = wrapped.duplicate()) {
      return Embedding.embedding(index, table, SparseFormat.DENSE).singletonOrThrow();
    }
  }
}
