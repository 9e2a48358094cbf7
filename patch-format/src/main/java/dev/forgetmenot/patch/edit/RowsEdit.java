package dev.forgetmenot.patch.edit;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds values to some rows of tensors: W'[i] = W[i] + s · row, such as the embeddings of a few
 * tokens.
 *
 * @param rows by target, at least one
 */
public record RowsEdit(Map<String, SelectedRows> rows) implements PatchEdit {
  /** The word of manifests. */
  public static final String KIND = "rows";

  /** Copies the map; targets are sorted. */
  public RowsEdit {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: there are no rows");
    }
    rows = Collections.unmodifiableMap(new TreeMap<>(rows));
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
    return rows.values().stream()
        .mapToLong(r -> r.rows().bytes() + (long) Long.BYTES * r.rows().count())
        .sum();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Collection<String> changed() {
    return rows.keySet();
  }
}
