package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.JudgedImage;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images of the original model that show one label, by which judges are set. None is ever scored.
 *
 * @param label a phrase of the vocabulary
 * @param kind styles are judged among styles, all else among things
 * @param keys of the images' work units, at least 2, by seed: the first half makes the prototype,
 *     the second half sets the threshold and says how often a judge is right
 */
public record CalibrationSet(String label, ConceptType kind, List<String> keys) {
  /** Copies the list. */
  public CalibrationSet {
    keys = List.copyOf(keys);
    if (keys.size() < 2) {
      throw new IllegalArgumentException(
          "'"
              + label
              + "' has "
              + keys.size()
              + " calibration images: a judge needs 2 or more, one half for the prototype and one for"
              + " the threshold");
    }
  }

  boolean style() {
    return kind == ConceptType.STYLE;
  }

  /** Whether a judge is sure that an image shows the label. */
  boolean isShown(JudgedImage image) {
    return image.is(List.of(label));
  }

  /** The places of the images that make the prototype. */
  int[] prototype() {
    return IntStream.range(0, keys.size() / 2).toArray();
  }

  /** The places of the other images. */
  int[] heldOut() {
    return IntStream.range(keys.size() / 2, keys.size()).toArray();
  }
}
