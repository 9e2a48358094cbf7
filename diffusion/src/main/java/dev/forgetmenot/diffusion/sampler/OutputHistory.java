package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** The newest outputs of a run, which a multistep method combines. Mutable; owns the arrays. */
final class OutputHistory implements AutoCloseable {
  private final int most;
  private final Deque<NDArray> newestFirst = new ArrayDeque<>();

  /**
   * An empty history.
   *
   * @param most how many are kept, at least 1
   */
  OutputHistory(int most) {
    this.most = most;
  }

  /** Takes over an array as the newest one, and closes the oldest where there are too many. */
  void add(NDArray output) {
    newestFirst.addFirst(output);
    if (newestFirst.size() > most) {
      newestFirst.removeLast().close();
    }
  }

  int size() {
    return newestFirst.size();
  }

  NDArray newest() {
    return newestFirst.getFirst();
  }

  /**
   * The weighted sum of as many as there are weights, as a new array.
   *
   * @param weights of the newest first; at least one, at most {@link #size}
   */
  NDArray weighted(double... weights) {
    Iterator<NDArray> outputs = newestFirst.iterator();
    NDArray sum = outputs.next().mul((float) weights[0]);
    for (int k = 1; k < weights.length; k++) {
      try (NDArray term = outputs.next().mul((float) weights[k])) {
        sum.addi(term);
      }
    }
    return sum;
  }

  @Override
  public void close() {
    newestFirst.forEach(NDArray::close);
    newestFirst.clear();
  }
}
