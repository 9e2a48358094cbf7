package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;

/**
 * One named weight. Layers hold the cell, not the array, so that the array can be changed under a
 * running model. For the engine thread; the array is closed by {@link Weights}, a replaced one by
 * whoever replaced it.
 */
public final class Weight {
  private final String name;
  private NDArray array;
  private boolean changed;
  private Optional<String> origin = Optional.empty();
  private Adapter adapter; // null without

  /**
   * The array of a cell and what is known of it.
   *
   * @param array not owned
   * @param changed whether it may hold other values than the base's
   * @param origin names what the values were made of; empty if they may have been changed since
   */
  public record State(NDArray array, boolean changed, Optional<String> origin) {}

  Weight(String name, NDArray array) {
    this.name = name;
    this.array = array;
  }

  /** The canonical name, without the component. */
  public String name() {
    return name;
  }

  /** The array that the model uses now. */
  public NDArray array() {
    return array;
  }

  /** The shape of the array. */
  public Shape shape() {
    return array.getShape();
  }

  /**
   * Puts another array in place, of the same shape except perhaps for the number of rows (tokens
   * can be added).
   *
   * @return the array that was there; the caller closes it or puts it back later
   * @throws IllegalArgumentException if the shape does not fit
   */
  public NDArray swap(NDArray next) {
    return exchange(new State(next, true, Optional.empty())).array();
  }

  /** The array and what is known of it. */
  public State state() {
    return new State(array, changed, origin);
  }

  /**
   * Like {@link #swap}, with what is known of the array.
   *
   * @return what was there
   * @throws IllegalArgumentException if the shape does not fit
   */
  public State exchange(State next) {
    checkShape(next.array());
    State before = state();
    next.array().setName(null); // a name would change how the engine passes it
    array = next.array();
    changed = next.changed();
    origin = next.origin();
    return before;
  }

  private void checkShape(NDArray next) {
    Shape expected = array.getShape();
    Shape found = next.getShape();
    if (expected.dimension() != found.dimension()
        || (expected.dimension() > 0 && !expected.slice(1).equals(found.slice(1)))) {
      throw new IllegalArgumentException(
          "weight " + name + " has the shape " + expected + ", not " + found);
    }
  }

  /** The path beside this weight, if there is one. */
  public Optional<Adapter> adapter() {
    return Optional.ofNullable(adapter);
  }

  /** Puts a path beside this weight, or takes it away with null. Layers must know how to use it. */
  public void adapt(Adapter next) {
    adapter = next;
  }

  /** Whether the array may hold other values than the base's. */
  public boolean changed() {
    return changed;
  }

  /** Says that the array is changed in place from now on, as training does. */
  public void markChanged() {
    changed = true;
    origin = Optional.empty();
  }

  /** Like {@link #swap}, with the base's values. */
  public NDArray restore(NDArray base) {
    return exchange(new State(base, false, Optional.empty())).array();
  }
}
