package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.ArrayScope;
import java.util.Map;

/** Weights as an untrained model has them, for trying out architectures. */
public final class RandomParameters {
  private RandomParameters() {}

  /**
   * Uniform numbers with the variance 1 / inputs (which repeat after 2²⁰ of them, since drawing a
   * billion takes long), ones as scales of norms, zeros as biases.
   *
   * @param parent parent of the weights' manager
   * @param shapes by canonical name
   * @param seed of the engine's own generator
   */
  public static ModelParameters of(NDManager parent, Map<String, Shape> shapes, int seed) {
    ModelParameters weights = new ModelParameters(parent, null, null, shapes, WeightPrecision.F32);
    parent.getEngine().setRandomSeed(seed);
    try (NDArray pool = weights.manager().randomUniform(-1, 1, new Shape(1, 1 << 20))) {
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
    try (ArrayScope t = new ArrayScope(pool)) {
      NDArray repeated = t.view(pool).broadcast(new Shape(repeats, length)).reshape(-1);
      return t.result(repeated.get("0:{}", shape.size()).reshape(shape).mul(bound));
    }
  }
}
