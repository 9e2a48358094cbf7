package dev.forgetmenot.patch.edit;

import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * An edit, or the part of it that changes one component, as it is stored.
 *
 * @param kind of the edit
 * @param component such as {@code unet}
 * @param descriptor what the manifest says of it; known after the tensors were written once
 * @param tensors writes the bytes of its entry, the same ones each time
 */
public record EditPart(
    EditKind kind,
    String component,
    Supplier<? extends EditDescriptor> descriptor,
    SafetensorsWriter tensors) {
  private static final int ALIGNMENT = 64;

  static SafetensorsWriter writer() {
    return new SafetensorsWriter().alignData(ALIGNMENT);
  }

  /** Splits what changes several components. */
  static <T> List<EditPart> byComponent(
      Map<String, T> targets, BiFunction<String, Map<String, T>, EditPart> stored) {
    Map<String, Map<String, T>> components = new TreeMap<>();
    targets.forEach(
        (name, value) -> {
          if (name.indexOf('/') < 1) {
            throw new IllegalArgumentException(
                "expected a target such as unet/conv_in.weight, found " + name);
          }
          components
              .computeIfAbsent(name.substring(0, name.indexOf('/')), c -> new TreeMap<>())
              .put(name, value);
        });
    List<EditPart> parts = new ArrayList<>();
    components.forEach((component, part) -> parts.add(stored.apply(component, part)));
    return parts;
  }

  /** The one component of all patterns. */
  static String component(List<String> targets) {
    TreeSet<String> components = new TreeSet<>();
    targets.forEach(target -> components.add(new TargetPattern(target).component()));
    if (components.size() > 1) {
      throw new IllegalArgumentException(
          "one edit changes one component, and " + targets + " are of " + components);
    }
    return components.first();
  }
}
