package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.training.LoraOptions;
import dev.forgetmenot.diffusion.weights.LoraAdapter;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.patch.edit.LowRank;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Adapters beside weights of the model; the weights stay as they are. */
final class TrainableAdapters implements TrainablePart {
  private static final String WEIGHT = ".weight";

  private final Map<String, ModelParameter> adapted;
  private final Map<String, LoraAdapter> adapters = new LinkedHashMap<>(); // by the weight's name
  private final Map<String, ModelParameter> parameters = new LinkedHashMap<>();
  private final Map<String, String> groups = new LinkedHashMap<>();

  /**
   * Puts adapters beside the chosen weights that are matrices or kernels.
   *
   * @param manager where the adapters' arrays live and end
   * @throws IllegalArgumentException if none is, or the rank is too large
   */
  TrainableAdapters(NDManager manager, Map<String, ModelParameter> chosen, LoraOptions options) {
    adapted = new TreeMap<>(chosen); // what is drawn for a weight depends on the names alone
    adapted
        .entrySet()
        .removeIf(e -> !e.getKey().endsWith(WEIGHT) || e.getValue().shape().dimension() < 2);
    if (adapted.isEmpty()) {
      throw new IllegalArgumentException(
          "none of the chosen weights can have an adapter: " + chosen.keySet());
    }
    SplittableRandom random = new SplittableRandom(options.seed());
    adapted.forEach(
        (name, weight) -> {
          String module = name.substring(0, name.length() - WEIGHT.length());
          LoraAdapter adapter =
              options
                  .down()
                  .map(
                      down ->
                          LoraAdapter.reading(
                              manager, module, weight.shape(), options.alpha(), down))
                  .orElseGet(
                      () ->
                          LoraAdapter.create(
                              manager,
                              module,
                              weight.shape(),
                              options.rank(),
                              options.alpha(),
                              random));
          adapters.put(name, adapter);
          List<ModelParameter> trained =
              options.down().isPresent()
                  ? List.of(adapter.up())
                  : List.of(adapter.down(), adapter.up());
          for (ModelParameter parameter : trained) {
            parameter.array().setRequiresGradient(true);
            parameters.put(parameter.name(), parameter);
            groups.put(parameter.name(), module);
          }
        });
    attach();
  }

  private void attach() {
    adapted.forEach((name, weight) -> weight.adapt(adapters.get(name)));
  }

  private void detach() {
    adapted.values().forEach(weight -> weight.adapt(null));
  }

  @Override
  public Map<String, ModelParameter> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /** Up is 0 at first, and so is the gradient of down: one is reached where the other is. */
  @Override
  public String group(String name) {
    return groups.get(name);
  }

  @Override
  public <T> T withBase(Supplier<T> work) {
    detach();
    try {
      return work.get();
    } finally {
      attach();
    }
  }

  @Override
  public Map<String, LowRank> adapters() {
    Map<String, LowRank> factors = new LinkedHashMap<>();
    adapters.forEach(
        (name, adapter) -> factors.put(name, adapter.factors(adapted.get(name).shape())));
    return factors;
  }

  @Override
  public void settle() {
    detach();
  }
}
