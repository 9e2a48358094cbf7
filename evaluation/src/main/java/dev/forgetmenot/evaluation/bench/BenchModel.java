package dev.forgetmenot.evaluation.bench;

/**
 * How all images of a list are drawn.
 *
 * @param sampler the name of a sampler of the program
 * @param steps of the sampler, from 1
 * @param guidance scale of the classifier-free guidance, 0 or more
 * @param width in pixels, a multiple of 8; 0 where the list says {@code model}: as wide as the
 *     images that the model was trained on
 * @param height the same
 * @param negative the negative prompt, often empty
 */
public record BenchModel(
    String sampler, int steps, double guidance, int width, int height, String negative) {
  /** Whether images are of the model's own size. */
  public boolean isOwnSize() {
    return width == 0;
  }

  /**
   * The same for a model.
   *
   * @param side of the images that it was trained on, in pixels
   */
  public BenchModel sized(int side) {
    return isOwnSize() ? new BenchModel(sampler, steps, guidance, side, side, negative) : this;
  }
}
