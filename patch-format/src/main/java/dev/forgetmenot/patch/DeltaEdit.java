package dev.forgetmenot.patch;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds values in full: W' = W + s · delta.
 *
 * @param deltas by target, at least one
 */
public record DeltaEdit(Map<String, Delta> deltas) implements PatchEdit {
  /** The word of manifests. */
  public static final String KIND = "delta";

  /** Copies the map; targets are sorted. */
  public DeltaEdit {
    if (deltas.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: there is no delta");
    }
    deltas = Collections.unmodifiableMap(new TreeMap<>(deltas));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Collection<String> changed() {
    return deltas.keySet();
  }
}
