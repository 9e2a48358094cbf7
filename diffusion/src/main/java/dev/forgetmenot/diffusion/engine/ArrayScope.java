package dev.forgetmenot.diffusion.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * The arrays of one calculation: all are closed with this except the result. Results of DJL's
 * operations belong to the manager of their first operand, so a calculation starts from {@link
 * #view views}. For the engine thread.
 */
public final class ArrayScope implements AutoCloseable {
  private final NDManager outer;
  private final NDManager manager;

  /** Opens a calculation whose result belongs to the manager of the given array. */
  public ArrayScope(NDArray like) {
    outer = like.getManager();
    manager = outer.newSubManager();
  }

  /** Where arrays live that the calculation creates itself. */
  public NDManager manager() {
    return manager;
  }

  /**
   * Another handle of the array, of the same shape, that ends with this; the array stays as it is.
   */
  public NDArray view(NDArray array) {
    return take(array.reshape(array.getShape()));
  }

  /** Lets the array end with this. */
  public NDArray take(NDArray array) {
    array.attach(manager);
    return array;
  }

  /** Lets the array outlive this. */
  public NDArray result(NDArray array) {
    array.attach(outer);
    return array;
  }

  @Override
  public void close() {
    manager.close();
  }
}
