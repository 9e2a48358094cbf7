package dev.forgetmenot.api.sampling;

import java.util.Map;
import java.util.Optional;

/**
 * The values of {@code scheduler_config.json}. A key that the file lacks is empty here: each
 * sampler then takes the default of its own class in diffusers.
 *
 * @param values JSON values: String, Double, Boolean, List or Map
 */
public record SchedulerConfig(Map<String, Object> values) {
  /** Copies the map; null values are dropped, since diffusers treats null as not set here. */
  public SchedulerConfig {
    var copy = new java.util.LinkedHashMap<String, Object>();
    values.forEach(
        (key, value) -> {
          if (value != null) {
            copy.put(key, value);
          }
        });
    values = java.util.Collections.unmodifiableMap(copy);
  }

  /** A number, or the default. */
  public double number(String key, double otherwise) {
    return get(key, Number.class).map(Number::doubleValue).orElse(otherwise);
  }

  /** A flag, or the default. */
  public boolean flag(String key, boolean otherwise) {
    return get(key, Boolean.class).orElse(otherwise);
  }

  /** A text, or the default. */
  public String text(String key, String otherwise) {
    return get(key, String.class).orElse(otherwise);
  }

  private <T> Optional<T> get(String key, Class<T> type) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "scheduler_config.json: " + key + " should be a " + type.getSimpleName() + ": " + value);
    }
    return Optional.of(type.cast(value));
  }
}
