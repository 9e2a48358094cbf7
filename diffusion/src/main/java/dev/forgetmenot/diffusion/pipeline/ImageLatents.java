package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.LatentDistribution;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.diffusion.vae.DiagonalGaussianDistribution;
import java.util.List;

/** Images to latents. For the engine thread. */
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
