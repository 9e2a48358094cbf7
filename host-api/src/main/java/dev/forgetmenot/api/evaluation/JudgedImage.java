package dev.forgetmenot.api.evaluation;

import java.util.List;

/**
 * What a judge says of an image.
 *
 * @param label the nearest label of the whole vocabulary
 * @param margin by how much it is nearer than the second, a difference of cosines, 0 or more
 * @param abstained whether the margin is below the judge's threshold: then it counts neither as
 *     recognised nor as kept
 */
public record JudgedImage(String label, double margin, boolean abstained) {
  /** Whether the judge is sure that it is one of some labels. */
  public boolean is(List<String> labels) {
    return !abstained && labels.contains(label);
  }
}
