package dev.forgetmenot.api.model;

import java.nio.file.Path;

/**
 * A patch that the user asked for.
 *
 * @param file the {@code .fmnpatch} file
 * @param strength 1 as made, 0 not at all
 * @param forced whether to apply it even if it changes a weight more than is likely to be meant
 */
public record PatchRequest(Path file, double strength, boolean forced) {
  /** A request that is not forced. */
  public PatchRequest(Path file, double strength) {
    this(file, strength, false);
  }

  /** The same, forced. */
  public PatchRequest force() {
    return new PatchRequest(file, strength, true);
  }
}
