package dev.forgetmenot.evaluation.unit;

import java.io.IOException;

/** One unit has two images: the computation does not repeat, or a key leaves something out. */
public final class ConflictingImage extends IOException {
  private static final long serialVersionUID = 1;

  ConflictingImage(String key, String first, String second) {
    super(
        "The unit "
            + key
            + " has two different images, "
            + first
            + " and "
            + second
            + "; both were to have the same bytes. Were they made on different kinds of devices or by"
            + " different versions? Make both parts again on one");
  }
}
