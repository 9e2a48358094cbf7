package dev.forgetmenot.kit.inversion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.kit.train.CachedLatents;
import dev.forgetmenot.kit.train.PixelMask;
import dev.forgetmenot.kit.train.TrainingImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Latents and masks of the images, upright and flipped left to right, worked out once. {@link
 * #close} frees them. For the engine thread.
 */
final class InversionImages implements AutoCloseable {
  private final int count;
  private final CachedLatents posteriors; // upright, then flipped if wanted
  private final List<Optional<LatentMask>> masks = new ArrayList<>(); // in the same order

  InversionImages(DiffusionModel model, TrainingImages images, boolean flips, boolean masked) {
    count = images.images().size();
    List<RgbImage> all = new ArrayList<>(images.images());
    List<Optional<PixelMask>> grey = new ArrayList<>(images.masks());
    if (flips) {
      images.images().forEach(image -> all.add(flipped(image)));
      images.masks().forEach(mask -> grey.add(mask.map(PixelMask::flipped)));
    }
    int[] chw = model.latentShape();
    for (Optional<PixelMask> mask : grey) {
      masks.add(mask.filter(m -> masked).map(m -> LatentMask.of(m, chw[1], chw[2])));
    }
    posteriors = new CachedLatents(model, all);
  }

  private static RgbImage flipped(RgbImage image) {
    byte[] rgb = new byte[image.rgb().length];
    int width = image.width();
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(image.rgb(), 3 * (y * width + x), rgb, 3 * (y * width + width - 1 - x), 3);
      }
    }
    return new RgbImage(width, image.height(), rgb);
  }

  /** A sample of the latents of an image (1, c, h, w). */
  NDArray sample(NDManager manager, int image, boolean flip, NoiseSource noise) {
    return posteriors.sample(manager, index(image, flip), noise);
  }

  Optional<LatentMask> mask(int image, boolean flip) {
    return masks.get(index(image, flip));
  }

  private int index(int image, boolean flip) {
    return flip ? count + image : image;
  }

  int count() {
    return count;
  }

  @Override
  public void close() {
    posteriors.close();
  }
}
