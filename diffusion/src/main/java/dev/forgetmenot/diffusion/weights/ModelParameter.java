package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.EngineMemory;
import dev.forgetmenot.diffusion.engine.PackedOps;
import dev.forgetmenot.safetensors.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * One named weight. Layers hold the cell, not the array, so that the array can be changed under a
 * running model. A weight of the base is in memory only after it has been used or asked for, and
 * may be held in half precision. For the engine thread; the array is closed by {@link
 * ModelParameters}, a replaced one by whoever replaced it.
 */
public final class ModelParameter {
  private final String name;
  private final ModelParameters owner; // null where there is no base to read
  private Shape shape;
  private State state;
  private LoraAdapter adapter; // null without
  private long version; // how often the values became others
  private NDArray packed; // the state's values in fewer bits; null where nothing asked for them

  /**
   * The array of a cell and what is known of it.
   *
   * @param array not owned; null for the base's values that are not in memory
   * @param held F32; F16, or BF16 as FLOAT16 with its bits
   * @param changed whether it may hold other values than the base's
   * @param origin names what the values were made of; empty if they may have been changed since
   */
  public record State(NDArray array, DType held, boolean changed, Optional<String> origin)
      implements AutoCloseable {
    /** The base's values, to be read when they are needed. */
    public static final State BASE = new State(null, DType.F32, false, Optional.empty());

    /**
     * Other values than the base's.
     *
     * @param array FLOAT32
     */
    public static State of(NDArray array, Optional<String> origin) {
      return new State(array, DType.F32, true, origin);
    }

    /** Frees the array, if there is one. */
    @Override
    public void close() {
      if (array != null) {
        array.close();
      }
    }
  }

  /**
   * The values for one calculation: an array that stays, or one that was made for it and goes with
   * {@link #close}.
   */
  public record Use(NDArray array, boolean made) implements PackedOps.Weight {
    @Override
    public void close() {
      if (made) {
        array.close();
      }
    }
  }

  /** A weight that is no file's. */
  ModelParameter(String name, NDArray array) {
    this(name, array.getShape(), new State(array, DType.F32, false, Optional.empty()), null);
  }

  /** A weight that its owner reads when it is needed. */
  ModelParameter(String name, Shape shape, ModelParameters owner) {
    this(name, shape, State.BASE, owner);
  }

  private ModelParameter(String name, Shape shape, State state, ModelParameters owner) {
    this.name = name;
    this.shape = shape;
    this.state = state;
    this.owner = owner;
  }

  /** The canonical name, without the component. */
  public String name() {
    return name;
  }

  /** The shape of the values. */
  public Shape shape() {
    return shape;
  }

  /** Whether the values are in memory. */
  public boolean inMemory() {
    return state.array() != null;
  }

  /**
   * The array that the model uses from now on, FLOAT32. What is not in memory is read; what is held
   * in half precision is read anew and held as FLOAT32 from now on, as training needs it.
   *
   * @throws java.io.UncheckedIOException if the file cannot be read any more
   */
  public NDArray array() {
    if (!inMemory() || state.held() != DType.F32) {
      State before = state;
      owner.read(List.of(this), DType.F32);
      before.close();
    }
    return state.array();
  }

  /** The FLOAT32 values for one calculation; half precision is widened for it. */
  public Use use() {
    if (!inMemory()) {
      owner.read(List.of(this), null);
    }
    return state.held() == DType.F32
        ? new Use(state.array(), false)
        : new Use(ModelParameters.widen(state.array(), state.held()), true);
  }

  /** The same; what has to be read for it is in memory no longer than it. */
  public Use readOnce() {
    if (inMemory()) {
      return use();
    }
    owner.read(List.of(this), DType.F32);
    NDArray values = state.array();
    state = State.BASE;
    return new Use(values, true);
  }

  /**
   * The values as operators of fewer bits take them, for one calculation. They are kept for the
   * next one where it is known that the values stay: those of the base, which are then forgotten in
   * FLOAT32 and read again when they are asked for, and those whose origin is known.
   *
   * @param pack makes them of FLOAT32 values, on the values' manager
   */
  public Use packed(UnaryOperator<NDArray> pack) {
    if (packed == null) {
      NDArray made;
      try (Use values = use()) {
        made = pack.apply(values.array());
      }
      made.setName(null);
      if (state.changed() && state.origin().isEmpty()) {
        return new Use(made, true);
      }
      packed = made;
      if (!state.changed() && owner != null) {
        state.close();
        state = State.BASE;
      }
    }
    return new Use(packed, false);
  }

  /**
   * A number that is another one after each change of the values; empty where they may be changed
   * in place, or have an adapter beside them. What was computed with a weight may be kept as long
   * as its version stays.
   */
  public OptionalLong version() {
    boolean steady = adapter == null && !(state.changed() && state.origin().isEmpty());
    return steady ? OptionalLong.of(version) : OptionalLong.empty();
  }

  /** Whether a calculation finds what it needs in memory. */
  boolean ready() {
    return inMemory() || packed != null;
  }

  /** The values are others from now on. */
  private void become(State next) {
    state = next;
    version++;
    if (packed != null) {
      packed.close();
      packed = null;
    }
  }

  /** A copy of the values. */
  public float[] floats() {
    try (Use use = use()) {
      return EngineMemory.floats(use.array());
    }
  }

  /** What the owner has read for a weight of the base. */
  void place(NDArray array, DType held) {
    array.setName(null);
    state = new State(array, held, false, Optional.empty()); // the values are what they were
  }

  private void place(State next) {
    next.array().setName(null); // a name would change how the engine passes it
    become(next);
  }

  /**
   * Puts another array in place, of the same shape except perhaps for the number of rows (tokens
   * can be added).
   *
   * @param next FLOAT32
   * @return the array that was there; the caller closes it or puts it back later
   * @throws IllegalArgumentException if the shape does not fit
   */
  public NDArray swap(NDArray next) {
    checkShape(next);
    NDArray before = array();
    exchange(State.of(next, Optional.empty()));
    return before;
  }

  /** The array and what is known of it. */
  public State state() {
    return state;
  }

  /**
   * Puts another array in place, with what is known of it.
   *
   * @return what was there; the caller closes it or puts it back later
   * @throws IllegalArgumentException if the shape does not fit
   */
  public State exchange(State next) {
    State before = state;
    if (next.array() == null) {
      if (owner == null) {
        throw new IllegalStateException("the weight " + name + " has no file to be read from");
      }
      shape = owner.baseShape(name);
      become(next);
    } else {
      checkShape(next.array());
      place(next);
      shape = next.array().getShape();
    }
    return before;
  }

  private void checkShape(NDArray next) {
    Shape found = next.getShape();
    if (shape.dimension() != found.dimension()
        || (shape.dimension() > 0 && !shape.slice(1).equals(found.slice(1)))) {
      throw new IllegalArgumentException(
          "weight " + name + " has the shape " + shape + ", not " + found);
    }
  }

  /** The path beside this weight, if there is one. */
  public Optional<LoraAdapter> adapter() {
    return Optional.ofNullable(adapter);
  }

  /** Puts a path beside this weight, or takes it away with null. Layers must know how to use it. */
  public void adapt(LoraAdapter next) {
    adapter = next;
  }

  /** Whether the array may hold other values than the base's. */
  public boolean changed() {
    return state.changed();
  }

  /**
   * Frees the gradient of the array; the values are constant from then on, and other handles of the
   * array stay as they are.
   */
  public void forgetGradient() {
    NDArray trained = array();
    NDArray values = trained.stopGradient(); // of the same memory
    trained.close(); // takes the gradient along
    values.setName(null);
    state = new State(values, state.held(), state.changed(), state.origin());
  }

  /** Says that the array is changed in place from now on, as training does. */
  public void markChanged() {
    become(State.of(array(), Optional.empty()));
  }
}
