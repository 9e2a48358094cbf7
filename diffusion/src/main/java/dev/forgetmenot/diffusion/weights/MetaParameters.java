package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Notes what an architecture asks for; its cells are empty, so the layers built on them cannot run.
 */
public final class MetaParameters implements ParameterSource {
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  @Override
  public ModelParameter weight(String name, long... shape) {
    if (shapes.put(name, new Shape(shape)) != null) {
      throw new IllegalStateException("two layers ask for " + name);
    }
    return new ModelParameter(name, new Shape(shape), null);
  }

  /** Names and shapes in the order in which they were asked for. */
  public Map<String, Shape> shapes() {
    return Collections.unmodifiableMap(shapes);
  }
}
