package dev.forgetmenot.evaluation.measure;

/**
 * Whether a patched model avoids a thing when its name is said or can no longer draw it. The two
 * mechanisms are named in "When Are Concepts Erased From Diffusion Models?" (arXiv 2505.17013); the
 * numbers are ours. L_m(y) is the mean of ‖ε - ε_m(x_t, t, y)‖² / (4hw) of model m told y, over the
 * same images, timesteps and noises for all; the gap G_m = L_m("") - L_m(name).
 *
 * @param avoid 1 - G_patched / G_original: 1 if the name does nothing any more, 0 if it does what
 *     it did; NaN where the original's gap is not above 0, which is no baseline
 * @param destroy (L_patched("") - L_original("")) / L_original("") on the target's images minus the
 *     same on images of other things: 0 if the thing can still be denoised as well as before
 */
public record AvoidOrDestroy(double avoid, double destroy) {
  /**
   * Mean losses of one model on one set of images.
   *
   * @param named L(name), of noise predictions; 0 or more
   * @param unnamed L(""), 0 or more
   */
  public record Loss(double named, double unnamed) {
    double gap() {
      return unnamed - named;
    }
  }

  /**
   * Both numbers from mean losses.
   *
   * @param original of the base on the target's images
   * @param patched of the patched model on the same
   * @param originalOthers L("") of the base on images of other things, above 0
   * @param patchedOthers L("") of the patched model on the same
   * @return both numbers
   */
  public static AvoidOrDestroy of(
      Loss original, Loss patched, double originalOthers, double patchedOthers) {
    double avoid = original.gap() > 0 ? 1 - patched.gap() / original.gap() : Double.NaN;
    return new AvoidOrDestroy(
        avoid,
        growth(original.unnamed(), patched.unnamed()) - growth(originalOthers, patchedOthers));
  }

  private static double growth(double before, double after) {
    return (after - before) / before;
  }
}
