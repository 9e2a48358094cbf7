package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.diffusion.engine.EngineMemory;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The weights of all components of a loaded model. For the engine thread. */
public final class ModelWeights implements NamedWeights {
  private final Map<String, ModelParameters> components = new LinkedHashMap<>();
  private final BaseTensors baseFiles;

  ModelWeights(ModelComponents parts) {
    components.put("unet", parts.unet().weights());
    parts.text().parts().forEach(p -> components.put(p.slot().component(), p.encoder().weights()));
    components.put("vae", parts.vae().weights());
    baseFiles = parts.stored().base().tensors();
  }

  @Override
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    components.forEach(
        (component, weights) -> weights.names().forEach(name -> names.add(component + "/" + name)));
    return names;
  }

  /** The cell that the layers hold. */
  public ModelParameter parameter(String name) {
    return component(name).get(local(name));
  }

  /** The cells of all components by canonical name, those of added tokens too. */
  public Map<String, ModelParameter> parameters() {
    Map<String, ModelParameter> parameters = new LinkedHashMap<>();
    names().forEach(name -> parameters.put(name, parameter(name)));
    components.forEach(
        (component, weights) ->
            weights
                .added()
                .forEach(
                    parameter -> parameters.put(component + "/" + parameter.name(), parameter)));
    return parameters;
  }

  @Override
  public long[] shape(String name) {
    return parameter(name).shape().getShape().clone();
  }

  @Override
  public float[] current(String name) {
    ModelParameter parameter = parameter(name);
    return parameter.inMemory() || !component(name).asStored(local(name))
        ? parameter.floats()
        : base(name);
  }

  @Override
  public float[] base(String name) {
    parameter(name); // an unknown name is an error that names near ones
    try {
      return baseFiles.floats(componentName(name), local(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the base's " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void replace(String name, float[] values) {
    parameter(name).exchange(replaced(name, values, Optional.empty())).close();
  }

  @Override
  public void restore(String name) {
    parameter(name).exchange(ModelParameter.State.BASE).close();
  }

  /** Other values of a weight; the caller closes them or puts them into the cell. */
  ModelParameter.State replaced(String name, float[] values, Optional<String> origin) {
    Shape shape = parameter(name).shape();
    if (values.length != shape.size()) {
      throw new IllegalArgumentException(
          name + " " + shape + " has " + shape.size() + " values, not " + values.length);
    }
    NDArray array = EngineMemory.of(component(name).manager(), values, shape);
    return ModelParameter.State.of(array, origin);
  }

  /** The names of the weights that may hold other values than the base's. */
  List<String> changed() {
    return names().stream().filter(name -> parameter(name).changed()).toList();
  }

  /**
   * Restores every weight of the base that was replaced or trained: it is read anew when it is
   * needed.
   */
  public void restoreChanged() {
    changed().forEach(this::restore);
  }

  private ModelParameters component(String name) {
    ModelParameters weights = components.get(componentName(name));
    if (weights == null) {
      throw new IllegalArgumentException(
          Message.of(
              "there is no weight %s: a name begins with the component, one of %s, and a slash",
              name, components.keySet()));
    }
    return weights;
  }

  private static String componentName(String name) {
    return name.substring(0, Math.max(0, name.indexOf('/')));
  }

  private static String local(String name) {
    return name.substring(name.indexOf('/') + 1);
  }
}
