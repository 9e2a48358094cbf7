package dev.forgetmenot.host.generate;

import dev.forgetmenot.api.model.PillowResize;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.util.Optional;

/**
 * An image to begin with, brought to the size that is drawn: scaled, with its proportions kept,
 * until it covers that size, then cut at both ends of the side that stands over. Where no size is
 * asked for, the shorter side becomes the model's own size and the longer one what the proportions
 * ask for, both rounded to a size that the model can draw.
 *
 * @param width pixels
 * @param height pixels
 */
public record FittedImage(int width, int height) {
  /** The size for an image where each side is asked for or not. */
  public static FittedImage of(
      RgbImage image, StableDiffusion model, Optional<Integer> width, Optional<Integer> height) {
    int factor = model.imageSize() / model.latentShape()[1];
    double scale = (double) model.imageSize() / Math.min(image.width(), image.height());
    return new FittedImage(
        width.orElse(rounded(image.width() * scale, factor)),
        height.orElse(rounded(image.height() * scale, factor)));
  }

  private static int rounded(double side, int factor) {
    return Math.max(1, (int) Math.round(side / factor)) * factor;
  }

  /** The image and its mask at this size. */
  public InitialImage fit(InitialImage given) {
    return new InitialImage(fit(given.image()), given.denoising(), given.mask().map(this::fit));
  }

  private RgbImage fit(RgbImage image) {
    double scale = Math.max((double) width / image.width(), (double) height / image.height());
    int wide = Math.max(width, (int) Math.round(image.width() * scale));
    int high = Math.max(height, (int) Math.round(image.height() * scale));
    RgbImage resized = PillowResize.resize(image, wide, high, true);
    if (wide == width && high == height) {
      return resized;
    }
    int left = (wide - width) / 2;
    int top = (high - height) / 2;
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(resized.rgb(), 3 * ((top + y) * wide + left), rgb, 3 * y * width, 3 * width);
    }
    return new RgbImage(width, height, rgb);
  }
}
