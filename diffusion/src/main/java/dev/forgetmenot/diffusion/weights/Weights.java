package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.Temporaries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights of one component by canonical name, FLOAT32; half precision in files is widened.
 * {@link #close} frees them all. For the engine thread.
 */
public final class Weights implements WeightSource, AutoCloseable {
  private final NDManager manager;
  private final Map<String, Weight> cells = new LinkedHashMap<>();
  private final Map<String, Weight> added = new LinkedHashMap<>();

  private Weights(NDManager parent) {
    manager = parent.newSubManager();
  }

  /**
   * Loads the weights of a component.
   *
   * @param parent parent of the weights' manager
   * @param folder the component's folder
   * @param component {@code unet}, {@code vae}, {@code text_encoder} or {@code clip}
   * @param expected what the architecture asks for, by canonical name
   * @throws IOException if a file is missing or broken, or tensors are missing, unknown or of
   *     another shape; the message names file and tensors
   */
  public static Weights load(
      NDManager parent, Path folder, String component, Map<String, Shape> expected)
      throws IOException {
    try (ComponentTensors stored = ComponentTensors.open(folder, component)) {
      stored.check(expected);
      return load(parent, stored, expected);
    }
  }

  /**
   * Loads the weights of a component that is open and has been checked.
   *
   * @param parent parent of the weights' manager
   * @param stored stays open
   * @param expected what the architecture asks for, by canonical name
   * @throws IOException if a file cannot be read
   */
  public static Weights load(NDManager parent, ComponentTensors stored, Map<String, Shape> expected)
      throws IOException {
    Weights weights = new Weights(parent);
    try {
      for (Map.Entry<String, Shape> entry : expected.entrySet()) {
        String name = entry.getKey();
        weights.put(name, stored.load(weights.manager, name, entry.getValue()));
      }
      return weights;
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /**
   * Makes weights as an untrained model has them, for trying out architectures: uniform numbers
   * with the variance 1 / inputs (which repeat after 2²⁰ of them, since drawing a billion takes
   * long), ones as scales of norms, zeros as biases.
   *
   * @param parent parent of the weights' manager
   * @param shapes by canonical name
   * @param seed of the engine's own generator
   */
  public static Weights random(NDManager parent, Map<String, Shape> shapes, int seed) {
    Weights weights = new Weights(parent);
    weights.manager.getEngine().setRandomSeed(seed);
    try (NDArray pool = weights.manager.randomUniform(-1, 1, new Shape(1, 1 << 20))) {
      shapes.forEach((name, shape) -> weights.put(name, randomArray(pool, name, shape)));
    }
    return weights;
  }

  private static NDArray randomArray(NDArray pool, String name, Shape shape) {
    NDManager manager = pool.getManager();
    if (shape.dimension() < 2) {
      return name.endsWith("weight") ? manager.ones(shape) : manager.zeros(shape);
    }
    double bound = Math.sqrt(3.0 / shape.slice(1).size());
    long length = pool.getShape().get(1);
    long repeats = (shape.size() + length - 1) / length;
    try (Temporaries t = new Temporaries(pool)) {
      NDArray repeated = t.view(pool).broadcast(new Shape(repeats, length)).reshape(-1);
      return t.result(repeated.get("0:{}", shape.size()).reshape(shape).mul(bound));
    }
  }

  private void put(String name, NDArray array) {
    array.setName(null);
    cells.put(name, new Weight(name, array));
  }

  /** Where the arrays live. */
  public NDManager manager() {
    return manager;
  }

  /**
   * The cell of a name.
   *
   * @throws IllegalArgumentException if there is none; the message names near ones
   */
  public Weight get(String name) {
    Weight cell = cells.getOrDefault(name, added.get(name));
    if (cell == null) {
      throw new IllegalArgumentException(
          "there is no weight " + name + "; near ones: " + NearNames.of(name, cells.keySet()));
    }
    return cell;
  }

  /**
   * Adds a cell that no file has. {@link #get} finds it; {@link #all} and {@link #names} are of the
   * architecture alone.
   *
   * @param array of this manager
   */
  public Weight add(String name, NDArray array) {
    array.setName(null);
    Weight cell = new Weight(name, array);
    if (cells.containsKey(name) || added.putIfAbsent(name, cell) != null) {
      throw new IllegalArgumentException("there is a weight " + name + " already");
    }
    return cell;
  }

  /** Takes off an added cell and frees its array. */
  public void remove(Weight cell) {
    if (!added.remove(cell.name(), cell)) {
      throw new IllegalArgumentException("the weight " + cell.name() + " was not added");
    }
    cell.array().close();
  }

  /** The added cells, in order. */
  public Collection<Weight> added() {
    return Collections.unmodifiableCollection(added.values());
  }

  @Override
  public Weight weight(String name, long... shape) {
    Weight cell = get(name);
    if (!cell.shape().equals(new Shape(shape))) {
      throw new IllegalArgumentException(
          "weight "
              + name
              + " should have the shape "
              + new Shape(shape)
              + ", not "
              + cell.shape());
    }
    return cell;
  }

  /** All cells in the order of the architecture. */
  public Collection<Weight> all() {
    return Collections.unmodifiableCollection(cells.values());
  }

  /** All names in the order of the architecture. */
  public Collection<String> names() {
    return Collections.unmodifiableCollection(cells.keySet());
  }

  /** Number of numbers in all weights. */
  public long parameterCount() {
    return cells.values().stream().mapToLong(cell -> cell.shape().size()).sum();
  }

  /** Frees the weights; the layers built on them cannot run any more. */
  @Override
  public void close() {
    manager.close();
  }
}
