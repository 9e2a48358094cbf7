package dev.forgetmenot.api.edit;

import dev.forgetmenot.patch.edit.PatchEdit;

/**
 * What {@link ConceptEditor#edit} would hand back and keep in memory, as far as it is known before
 * any work.
 *
 * @param edit names, shapes and types of the result, with values that change nothing
 * @param trained numbers that are trained, 0 for a solution
 * @param keepsBase whether the trained weights are kept as they were too
 * @param batch images that one training step looks at together, once for each of its prompts; 0 for
 *     a solution
 * @param gradientCheckpointing whether a training step computes activations again
 * @param share pixels of an image that a training step looks at, as a share of those of the model's
 *     own size
 */
public record EditOutline(
    PatchEdit edit,
    long trained,
    boolean keepsBase,
    int batch,
    boolean gradientCheckpointing,
    double share) {
  /** Of images of the model's own size. */
  public EditOutline(
      PatchEdit edit, long trained, boolean keepsBase, int batch, boolean gradientCheckpointing) {
    this(edit, trained, keepsBase, batch, gradientCheckpointing, 1);
  }
}
