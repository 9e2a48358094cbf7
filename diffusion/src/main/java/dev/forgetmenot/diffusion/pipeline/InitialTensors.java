package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.diffusion.vae.DiagonalGaussianDistribution;
import java.util.List;
import java.util.Optional;

/**
 * The image that a batch begins with, as the models take it. {@link #close} closes the arrays. For
 * the engine thread.
 *
 * @param image (1, 3, H, W) in [-1, 1]
 * @param mask (1, 1, h, w): 1 where the latents are drawn anew, 0 where they stay
 * @param denoising share of the steps that are taken, in (0, 1]
 */
record InitialTensors(NDArray image, Optional<NDArray> mask, double denoising)
    implements AutoCloseable {
  /** The tensors of an image on a manager. */
  static InitialTensors of(InitialImage initial, int stride, NDManager manager) {
    return new InitialTensors(
        ImageTensors.array(manager, List.of(initial.image()), stride),
        initial.mask().map(mask -> mask(mask, stride, manager)),
        initial.denoising());
  }

  /** The first pixel of each latent's square counts, as in PyTorch's nearest interpolation. */
  private static NDArray mask(RgbImage mask, int stride, NDManager manager) {
    int height = mask.height() / stride;
    int width = mask.width() / stride;
    float[] values = new float[height * width];
    for (int i = 0; i < values.length; i++) {
      int pixel = i / width * stride * mask.width() + i % width * stride;
      values[i] = InitialImage.isWhite(mask, pixel) ? 1 : 0;
    }
    return manager.create(values, new Shape(1, 1, height, width));
  }

  /**
   * The latents of the image, a sample of its posterior times the scaling factor.
   *
   * @param noise standard normal numbers, a multiple of the latents of one image
   * @return (k, c, h, w), the caller closes it
   */
  NDArray latents(ModelComponents parts, float[] noise) {
    try (DiagonalGaussianDistribution posterior = parts.vae().encode(image);
        NDArray drawn = drawn(noise, posterior.mean());
        NDArray sample = posterior.sample(drawn)) {
      return sample.mul((float) parts.vae().config().scalingFactor());
    }
  }

  private static NDArray drawn(float[] noise, NDArray mean) {
    Shape one = mean.getShape();
    long count = noise.length / one.size();
    return mean.getManager().create(noise, new Shape(count, one.get(1), one.get(2), one.get(3)));
  }

  @Override
  public void close() {
    image.close();
    mask.ifPresent(NDArray::close);
  }
}
