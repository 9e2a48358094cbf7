package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.LatentDistribution;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.diffusion.vae.DiagonalGaussianDistribution;
import java.util.List;
import java.util.stream.IntStream;

/** Images to latents and back. For the engine thread. */
final class ImageLatents {
  private ImageLatents() {}

  /**
   * A sample of the posterior times the scaling factor.
   *
   * @return (b, c, h, w); the caller closes it
   */
  static NDArray encode(ModelComponents parts, List<RgbImage> images, NoiseSource noise) {
    try (DiagonalGaussianDistribution posterior = posterior(parts, images)) {
      float[] numbers = noise.normal(Math.toIntExact(posterior.mean().size()));
      try (NDArray drawn = parts.manager().create(numbers, posterior.mean().getShape());
          NDArray sample = posterior.sample(drawn)) {
        return sample.mul((float) parts.vae().config().scalingFactor());
      }
    }
  }

  /** Mean and deviation times the scaling factor; the caller closes them. */
  static LatentDistribution posteriors(ModelComponents parts, List<RgbImage> images) {
    float factor = (float) parts.vae().config().scalingFactor();
    try (DiagonalGaussianDistribution posterior = posterior(parts, images);
        NDArray half = posterior.logvar().mul(0.5f);
        NDArray deviation = half.exp()) {
      return new LatentDistribution(posterior.mean().mul(factor), deviation.mul(factor));
    }
  }

  /**
   * All images of latents.
   *
   * @param latents (b, c, h, w)
   * @throws IllegalArgumentException if the shape is another
   */
  static List<RgbImage> decode(ModelComponents parts, NDArray latents) {
    int channels = parts.vae().config().latentChannels();
    Shape shape = latents.getShape();
    if (shape.dimension() != 4 || shape.get(1) != channels || shape.size() == 0) {
      throw new IllegalArgumentException(
          "cannot decode latents of shape " + shape + "; expected (b, " + channels + ", h, w)");
    }
    return IntStream.range(0, Math.toIntExact(shape.get(0)))
        .mapToObj(i -> decode(parts, latents, i))
        .toList();
  }

  /** The image of row i of latents (b, c, h, w); one at a time, for the decoder's memory. */
  static RgbImage decode(ModelComponents parts, NDArray latents, int i) {
    try (NDArray one = latents.get(i + ":" + (i + 1));
        NDArray unscaled = one.div((float) parts.vae().config().scalingFactor());
        NDArray decoded = parts.vae().decode(unscaled)) {
      return ImageTensors.image(decoded);
    }
  }

  private static DiagonalGaussianDistribution posterior(
      ModelComponents parts, List<RgbImage> images) {
    if (images.isEmpty()) {
      throw new IllegalArgumentException("expected at least one image");
    }
    int stride = parts.vae().config().stride();
    try (NDArray tensor = ImageTensors.array(parts.manager(), images, stride)) {
      return parts.vae().encode(tensor);
    }
  }
}
