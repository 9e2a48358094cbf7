package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.files.Message;

/** Width and height of images, in pixels. */
record ImageSize(int width, int height) {
  /**
   * Checks that latents of this size exist.
   *
   * @param stride pixels of an image for each latent, along one side
   */
  static void check(int width, int height, int stride) {
    if (width < stride || height < stride || width % stride != 0 || height % stride != 0) {
      throw new IllegalArgumentException(
          Message.of(
              "width and height should be multiples of %s, the factor of this model's VAE, not %s ×"
                  + " %s; near: %s × %s",
              stride, width, height, near(width, stride), near(height, stride)));
    }
  }

  private static int near(int side, int stride) {
    return Math.max(1, (int) Math.rint((double) side / stride)) * stride;
  }
}
