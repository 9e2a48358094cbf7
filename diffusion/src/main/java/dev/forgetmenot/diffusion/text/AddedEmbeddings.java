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
  private final List<ModelParameter> parameters = new ArrayList<>();

  void add(ModelParameter parameter) {
    parameters.add(parameter);
  }

  void remove(ModelParameter parameter) {
    if (parameters.isEmpty() || parameters.get(parameters.size() - 1) != parameter) {
      throw new IllegalStateException(
          "rows that were added after " + parameter.name() + " must be taken off first");
    }
    parameters.remove(parameters.size() - 1);
  }

  int count() {
    return parameters.stream()
        .mapToInt(parameter -> Math.toIntExact(parameter.shape().get(0)))
        .sum();
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
    parameters.forEach(parameter -> rows.add(parameter.array()));
    return NDArrays.concat(rows, 0);
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
