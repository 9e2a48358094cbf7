package dev.forgetmenot.evaluation.measure;

/**
 * CLIP score: 100 · the mean cosine of images and their prompts, as SPEED and the tables of erasers
 * have it (no clamp at 0 and no factor 2.5 of Hessel et al. 2021). Larger is better on general
 * prompts; the target's own score falls when it is forgotten, which is not harm.
 */
public final class ClipScore {
  private ClipScore() {}

  /**
   * The score of images for their prompts.
   *
   * @param images embeddings (n, D)
   * @param prompts embeddings (n, D), row i the prompt of image i
   * @return -100..100
   */
  public static double of(UnitRows images, UnitRows prompts) {
    if (images.size() != prompts.size()) {
      throw new IllegalArgumentException(
          images.size() + " images have " + prompts.size() + " prompts; each needs its own");
    }
    double sum = 0;
    for (int i = 0; i < images.size(); i++) {
      sum += images.cosine(i, prompts, i);
    }
    return 100 * sum / images.size();
  }
}
