package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.patch.edit.LowRank;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Weights of the model themselves. */
final class TrainableWeights implements TrainablePart {
  private final Map<String, ModelParameter> parameters;
  private final Map<ModelParameter, NDArray> base = new LinkedHashMap<>();

  /**
   * Begins.
   *
   * @param manager where the copies of the base live and end
   */
  TrainableWeights(NDManager manager, Map<String, ModelParameter> chosen, boolean keepsBase) {
    parameters = Collections.unmodifiableMap(chosen);
    for (ModelParameter parameter : parameters.values()) {
      if (keepsBase) {
        NDArray copy = parameter.array().duplicate();
        copy.attach(manager);
        base.put(parameter, copy);
      }
      parameter.markChanged();
      parameter.array().setRequiresGradient(true);
    }
  }

  @Override
  public Map<String, ModelParameter> parameters() {
    return parameters;
  }

  @Override
  public String group(String name) {
    return name;
  }

  @Override
  public <T> T withBase(Supplier<T> work) {
    if (base.isEmpty()) {
      throw new IllegalStateException(
          "this training does not remember the base; open it with keepingBase()");
    }
    base.replaceAll(ModelParameter::swap);
    try {
      return work.get();
    } finally {
      base.replaceAll(ModelParameter::swap);
    }
  }

  @Override
  public Map<String, LowRank> adapters() {
    return Map.of();
  }

  @Override
  public void settle() {
    for (ModelParameter parameter : parameters.values()) {
      parameter.forgetGradient();
    }
  }
}
