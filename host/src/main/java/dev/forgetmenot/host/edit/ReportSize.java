package dev.forgetmenot.host.edit;

import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.patch.PatchPreview;
import java.util.OptionalInt;

/**
 * Whether the images of an edit are drawn and judged before and after it, and how many.
 *
 * @param drawn whether they are
 * @param images of each concept, at least one; the usual number where nothing is said
 * @param previews how many pairs of them, before and after, go into the patch; at most {@link
 *     #MOST_PREVIEWS}
 */
public record ReportSize(boolean drawn, OptionalInt images, int previews) {
  /** As many pairs as a patch holds. */
  public static final int MOST_PREVIEWS = PatchPreview.MOST / 2;

  /** No images. */
  public static final ReportSize NONE = new ReportSize(false, OptionalInt.empty(), 0);

  /** As many as a report usually has. */
  public static final ReportSize USUAL = new ReportSize(true, OptionalInt.empty(), 0);

  /**
   * A number of images of each concept.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public static ReportSize of(int images) {
    if (images < 1) {
      throw new IllegalArgumentException(
          "a report draws at least 1 image of a concept, not " + images);
    }
    return new ReportSize(true, OptionalInt.of(images), 0);
  }

  /**
   * The same with images that go into the patch.
   *
   * @throws IllegalArgumentException if there are more pairs than a patch holds
   */
  public ReportSize previews(int pairs) {
    if (pairs < 0 || pairs > MOST_PREVIEWS) {
      throw new IllegalArgumentException(
          "a patch holds 0 to " + MOST_PREVIEWS + " pairs of images, not " + pairs);
    }
    return new ReportSize(drawn, images, pairs);
  }

  /** The images of an evaluation that usually has others. */
  Evaluation.Size of(Evaluation.Size usual) {
    return usual.of(images.orElse(usual.ofConcept()), usual.others());
  }

  /** As run files write it: {@code true}, {@code false} or the number. */
  public String word() {
    return images.isPresent() ? Integer.toString(images.getAsInt()) : Boolean.toString(drawn);
  }
}
