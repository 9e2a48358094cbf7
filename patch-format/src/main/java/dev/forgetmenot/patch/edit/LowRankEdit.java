package dev.forgetmenot.patch.edit;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds products of two thin factors: W' = W + s · alpha/rank · up · down.
 *
 * @param factors by target, at least one
 */
public record LowRankEdit(Map<String, LowRank> factors) implements PatchEdit {
  /** The word of manifests. */
  public static final String KIND = "lowrank";

  /** Copies the map; targets are sorted. */
  public LowRankEdit {
    if (factors.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: there are no factors");
    }
    factors = Collections.unmodifiableMap(new TreeMap<>(factors));
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
    return factors.values().stream()
        .mapToLong(f -> Float.BYTES * ((long) f.down().length + f.up().length))
        .sum();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Collection<String> changed() {
    return factors.keySet();
  }
}
