package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The samplers that can be chosen: the built-in ones and those of plugins. Immutable. */
public final class Samplers {
  private final Map<String, SamplerProvider> byName = new LinkedHashMap<>();

  /**
   * The built-in samplers and more.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public Samplers(List<SamplerProvider> more) {
    var all = new ArrayList<>(BuiltInSampler.ALL);
    all.addAll(more);
    for (SamplerProvider provider : all) {
      SamplerProvider other = byName.putIfAbsent(provider.name(), provider);
      if (other != null) {
        throw new IllegalArgumentException(
            "two samplers are named \""
                + provider.name()
                + "\": "
                + other.getClass().getName()
                + " and "
                + provider.getClass().getName());
      }
    }
  }

  /** All of them, the built-in ones first. */
  public List<SamplerProvider> all() {
    return List.copyOf(byName.values());
  }

  /**
   * The sampler that a user named, or else the one that the model's folder names.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public SamplerProvider resolve(Optional<String> name, SchedulerConfig config) {
    return name.isPresent() ? named(name.get()) : ofModel(config);
  }

  private SamplerProvider named(String name) {
    SamplerProvider provider = byName.get(name);
    if (provider == null) {
      throw new IllegalArgumentException("no sampler is named \"" + name + "\"; " + known());
    }
    return provider;
  }

  private SamplerProvider ofModel(SchedulerConfig config) {
    String schedulerClass = config.text("_class_name", "");
    return byName.values().stream()
        .filter(provider -> provider.schedulerClasses().contains(schedulerClass))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "scheduler_config.json names the scheduler class \""
                        + schedulerClass
                        + "\", which no sampler stands for; choose one by name, "
                        + known()));
  }

  private String known() {
    return "known: " + String.join(", ", byName.keySet());
  }
}
