package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.files.Message;
import java.util.Optional;

/** Width and height of images, in pixels. */
public record ImageSize(int width, int height) {
  static ImageSize of(GenerationRequest request, ModelComponents parts) {
    return of(request, parts.imageSize(), parts.vae().config().stride());
  }

  /**
   * The size that a request draws: what it says, or its first image's, or the model's own.
   *
   * @param own height and width of the model's images, in pixels
   * @param stride pixels of an image for each latent, along one side
   * @throws IllegalArgumentException if no latents have this size, or the first image another one
   */
  public static ImageSize of(GenerationRequest request, int own, int stride) {
    Optional<RgbImage> image = request.initial().map(InitialImage::image);
    int width = request.width().orElse(image.map(RgbImage::width).orElse(own));
    int height = request.height().orElse(image.map(RgbImage::height).orElse(own));
    check(width, height, stride);
    if (image.isPresent() && (image.get().width() != width || image.get().height() != height)) {
      throw new IllegalArgumentException(
          Message.of(
              "the image to begin with has %s × %s pixels and %s × %s are asked for; resize it, or"
                  + " ask for its size",
              image.get().width(), image.get().height(), width, height));
    }
    return new ImageSize(width, height);
  }

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
