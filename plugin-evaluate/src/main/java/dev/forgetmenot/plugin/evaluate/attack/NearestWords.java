package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * The words whose embeddings are nearest by cosine. For the engine thread; its arrays are those of
 * the table's manager.
 */
final class NearestWords {
  private final NDArray columns; // (d, V), unit length
  private final int width;

  /**
   * Among words.
   *
   * @param table embeddings (V, d); stays open
   */
  NearestWords(NDArray table) {
    width = Math.toIntExact(table.getShape().get(1));
    try (NDArray squares = table.square();
        NDArray sums = squares.sum(new int[] {1}, true);
        NDArray norms = sums.sqrt();
        NDArray unit = table.div(norms)) {
      columns = unit.transpose();
    }
  }

  /**
   * The places of words.
   *
   * @param rows embeddings of d numbers, one after the other
   */
  int[] of(double[] rows) {
    float[] values = new float[rows.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows[i];
    }
    try (NDManager manager = columns.getManager().newSubManager()) {
      NDArray given = manager.create(values, new Shape(values.length / width, width));
      long[] found = given.matMul(columns).argMax(1).toLongArray();
      int[] words = new int[found.length];
      for (int i = 0; i < words.length; i++) {
        words[i] = Math.toIntExact(found[i]);
      }
      return words;
    }
  }
}
