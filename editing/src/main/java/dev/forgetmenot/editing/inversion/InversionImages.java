package dev.forgetmenot.editing.inversion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.editing.CachedLatents;
import dev.forgetmenot.editing.PixelMask;
import dev.forgetmenot.editing.TrainingImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Latents and masks of the pictures, upright and flipped left to right, worked out once. {@link
 * #close} frees them. For the engine thread.
 */
final class InversionImages implements AutoCloseable {
  private final int count;
  private final CachedLatents posteriors; // upright, then flipped if wanted
  private final List<Optional<LatentMask>> masks = new ArrayList<>(); // in the same order

  InversionImages(
      DiffusionModel model, TrainingImages pictures, boolean flips, boolean masked) {
    count = pictures.pictures().size();
    List<RgbImage> all = new ArrayList<>(pictures.pictures());
    List<Optional<PixelMask>> grey = new ArrayList<>(pictures.masks());
    if (flips) {
      pictures.pictures().forEach(picture -> all.add(flipped(picture)));
      pictures.masks().forEach(mask -> grey.add(mask.map(PixelMask::flipped)));
    }
    int[] chw = model.latentShape();
    for (Optional<PixelMask> mask : grey) {
      masks.add(mask.filter(m -> masked).map(m -> LatentMask.of(m, chw[1], chw[2])));
    }
    posteriors = new CachedLatents(model, all);
  }

  private static RgbImage flipped(RgbImage picture) {
    byte[] rgb = new byte[picture.rgb().length];
    int width = picture.width();
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(
            picture.rgb(), 3 * (y * width + x), rgb, 3 * (y * width + width - 1 - x), 3);
      }
    }
    return new RgbImage(width, picture.height(), rgb);
  }

  /** A sample of the latents of a picture (1, c, h, w). */
  NDArray sample(NDManager manager, int picture, boolean flip, NoiseSource noise) {
    return posteriors.sample(manager, index(picture, flip), noise);
  }

  Optional<LatentMask> mask(int picture, boolean flip) {
    return masks.get(index(picture, flip));
  }

  private int index(int picture, boolean flip) {
    return flip ? count + picture : picture;
  }

  int count() {
    return count;
  }

  @Override
  public void close() {
    posteriors.close();
  }
}
