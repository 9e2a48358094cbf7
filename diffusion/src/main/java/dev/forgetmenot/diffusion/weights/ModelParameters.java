package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.EngineMemory;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Suggestions;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of one component by canonical name. They are read from their files when they are
 * needed: all of a part at once by {@link #ready}, or one by one. FLOAT32; on request matrices and
 * kernels are held in half precision and widened one at a time where they are used. {@link #close}
 * frees them all. For the engine thread.
 */
public final class ModelParameters implements ParameterSource, AutoCloseable {
  private final NDManager manager;
  private final Ops ops; // null where nothing is read
  private final ComponentTensors stored; // null without files
  private final WeightPrecision precision;
  private final Map<String, ModelParameter> parameters = new LinkedHashMap<>();
  private final Map<String, ModelParameter> added = new LinkedHashMap<>();
  private final Map<String, Shape> shapes;

  ModelParameters(
      NDManager parent,
      Ops ops,
      ComponentTensors stored,
      Map<String, Shape> shapes,
      WeightPrecision precision) {
    this.manager = parent.newSubManager();
    this.ops = ops;
    this.stored = stored;
    this.shapes = shapes;
    this.precision = precision;
  }

  /**
   * Loads the weights of a component.
   *
   * @param parent parent of the weights' manager
   * @param ops converts while it is loaded
   * @param folder the component's folder
   * @param component {@code unet}, {@code vae}, {@code text_encoder}, {@code clip} or {@code
   *     safety_checker}
   * @param expected what the architecture asks for, by canonical name
   * @throws IOException if a file is missing or broken, or tensors are missing, unknown or of
   *     another shape; the message names file and tensors
   */
  public static ModelParameters load(
      NDManager parent, Ops ops, Path folder, String component, Map<String, Shape> expected)
      throws IOException {
    try (ComponentTensors stored = ComponentTensors.open(folder, component)) {
      stored.check(expected);
      ModelParameters weights = of(parent, ops, stored, expected, WeightPrecision.F32);
      try {
        weights.ready("");
        return weights;
      } catch (UncheckedIOException e) {
        weights.close();
        throw e.getCause();
      } catch (RuntimeException | Error e) {
        weights.close();
        throw e;
      }
    }
  }

  /**
   * The weights of a component that is open and has been checked; none is read yet.
   *
   * @param parent parent of the weights' manager
   * @param ops converts what is read; stays open as long as the weights
   * @param stored stays open as long as the weights
   * @param expected what the architecture asks for, by canonical name
   * @param precision how they are held
   */
  public static ModelParameters of(
      NDManager parent,
      Ops ops,
      ComponentTensors stored,
      Map<String, Shape> expected,
      WeightPrecision precision) {
    ModelParameters weights = new ModelParameters(parent, ops, stored, expected, precision);
    expected.forEach(
        (name, shape) -> weights.parameters.put(name, new ModelParameter(name, shape, weights)));
    return weights;
  }

  /**
   * Reads what is not in memory yet, two files' regions at a time.
   *
   * @param prefix of the names: a part of the component, or empty for all of it
   * @throws UncheckedIOException if a file cannot be read or has changed since it was opened; the
   *     message names it
   */
  public void ready(String prefix) {
    List<ModelParameter> missing =
        parameters.values().stream()
            .filter(parameter -> !parameter.ready() && parameter.name().startsWith(prefix))
            .toList();
    if (!missing.isEmpty()) {
      read(missing, null);
    }
  }

  /**
   * Reads the base's values of cells into memory.
   *
   * @param kept how to hold them, or null for what this component's precision says
   */
  void read(List<ModelParameter> missing, DType kept) {
    try (WeightReader reader = new WeightReader(manager, ops)) {
      List<WeightReader.Wanted> wanted = new ArrayList<>();
      for (ModelParameter parameter : missing) {
        StoredTensor tensor = stored.tensors().get(parameter.name());
        stored.requireUnchanged(tensor.file());
        Shape shape = baseShape(parameter.name());
        DType held = kept == null ? precision.kept(tensor.dtype(), shape) : kept;
        wanted.add(new WeightReader.Wanted(tensor, shape, held));
      }
      List<NDArray> arrays = reader.read(wanted);
      for (int i = 0; i < arrays.size(); i++) {
        missing.get(i).place(arrays.get(i), wanted.get(i).kept());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the weights of " + stored.where() + " cannot be read: " + e.getMessage(), e);
    }
  }

  Shape baseShape(String name) {
    return shapes.get(name);
  }

  /** Whether a weight of the base has the very values that its file stores. */
  public boolean asStored(String name) {
    return precision.exact(stored.tensors().get(name).dtype(), baseShape(name));
  }

  /** The FLOAT32 values of what is held in half precision; the caller closes them. */
  static NDArray widen(NDArray packed, DType held) {
    return held == DType.BF16
        ? EngineMemory.widenBrain(packed)
        : packed.toType(DataType.FLOAT32, true);
  }

  void put(String name, NDArray array) {
    array.setName(null);
    parameters.put(name, new ModelParameter(name, array));
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
  public ModelParameter get(String name) {
    ModelParameter parameter = parameters.getOrDefault(name, added.get(name));
    if (parameter == null) {
      throw new IllegalArgumentException(
          Message.of(
              "there is no weight %s; near ones: %s",
              name, Suggestions.of(name, parameters.keySet())));
    }
    return parameter;
  }

  /**
   * Adds a cell that no file has. {@link #get} finds it; {@link #all} and {@link #names} are of the
   * architecture alone.
   *
   * @param array of this manager
   */
  public ModelParameter add(String name, NDArray array) {
    array.setName(null);
    ModelParameter parameter = new ModelParameter(name, array);
    if (parameters.containsKey(name) || added.putIfAbsent(name, parameter) != null) {
      throw new IllegalArgumentException("there is a weight " + name + " already");
    }
    return parameter;
  }

  /** Takes off an added cell and frees its array. */
  public void remove(ModelParameter parameter) {
    if (!added.remove(parameter.name(), parameter)) {
      throw new IllegalArgumentException("the weight " + parameter.name() + " was not added");
    }
    parameter.array().close();
  }

  /** The added cells, in order. */
  public Collection<ModelParameter> added() {
    return Collections.unmodifiableCollection(added.values());
  }

  @Override
  public ModelParameter weight(String name, long... shape) {
    ModelParameter parameter = get(name);
    if (!parameter.shape().equals(new Shape(shape))) {
      throw new IllegalArgumentException(
          Message.of(
              "weight %s should have the shape %s, not %s",
              name, new Shape(shape), parameter.shape()));
    }
    return parameter;
  }

  /** All cells in the order of the architecture. */
  public Collection<ModelParameter> all() {
    return Collections.unmodifiableCollection(parameters.values());
  }

  /** All names in the order of the architecture. */
  public Collection<String> names() {
    return Collections.unmodifiableCollection(parameters.keySet());
  }

  /** Frees the weights; the layers built on them cannot run any more. */
  @Override
  public void close() {
    manager.close();
  }
}
