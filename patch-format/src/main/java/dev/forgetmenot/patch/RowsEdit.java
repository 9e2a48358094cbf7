package dev.forgetmenot.patch;

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
  public String kind() {
    return KIND;
  }

  @Override
  public Collection<String> changed() {
    return rows.keySet();
  }
}
