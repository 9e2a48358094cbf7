package dev.forgetmenot.patch.edit;

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
  public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public boolean boundByTextEncoder() {
    return false;
  }

  @Override
  public long bytes() {
    return deltas.values().stream()
        .mapToLong(d -> d.elements() * (d.half() ? Short.BYTES : Float.BYTES))
        .sum();
  }

  @Override
  public long elements() {
    return deltas.values().stream().mapToLong(Delta::elements).sum();
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
