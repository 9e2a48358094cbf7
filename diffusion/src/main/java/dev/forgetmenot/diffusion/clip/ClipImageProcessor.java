package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.PillowResize;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import java.util.List;

/**
 * Makes images ready for {@link ClipModel}: resized, the middle cut out, normalised. Thread-safe.
 */
public final class ClipImageProcessor {
  private static final int CHANNELS = 3;

  private final PreprocessorConfig config;

  /** Makes one. */
  public ClipImageProcessor(PreprocessorConfig config) {
    this.config = config;
  }

  /**
   * Images as an array.
   *
   * @param manager what the array belongs to
   * @param images at least one; without cropping all of one size
   * @return (b, 3, H, W)
   */
  public NDArray process(NDManager manager, List<RgbImage> images) {
    RgbImage first = middle(resize(images.get(0)));
    int one = CHANNELS * first.height() * first.width();
    float[] all = new float[images.size() * one];
    for (int i = 0; i < images.size(); i++) {
      RgbImage image = i == 0 ? first : middle(resize(images.get(i)));
      if (image.height() != first.height() || image.width() != first.width()) {
        throw new IllegalArgumentException("the images of a batch should have one size");
      }
      normalise(image, all, i * one);
    }
    return manager.create(all, new Shape(images.size(), CHANNELS, first.height(), first.width()));
  }

  private RgbImage resize(RgbImage in) {
    if (!config.resize()) {
      return in;
    }
    int height = config.height();
    int width = config.width();
    if (config.shortestEdge() > 0) {
      int edge = config.shortestEdge();
      boolean upright = in.height() > in.width();
      height = upright ? (int) ((double) edge * in.height() / in.width()) : edge;
      width = upright ? edge : (int) ((double) edge * in.width() / in.height());
    }
    return PillowResize.resize(in, width, height, config.bicubic());
  }

  /** The middle; what lies outside the image is black. */
  private RgbImage middle(RgbImage in) {
    if (!config.crop()) {
      return in;
    }
    int width = config.cropWidth();
    int height = config.cropHeight();
    byte[] rgb = new byte[CHANNELS * height * width];
    int top = Math.floorDiv(in.height() - height, 2);
    int left = Math.floorDiv(in.width() - width, 2);
    for (int y = Math.max(0, -top); y < Math.min(height, in.height() - top); y++) {
      int x = Math.max(0, -left);
      int columns = Math.min(width, in.width() - left) - x;
      int from = CHANNELS * ((y + top) * in.width() + x + left);
      System.arraycopy(in.rgb(), from, rgb, CHANNELS * (y * width + x), CHANNELS * columns);
    }
    return new RgbImage(width, height, rgb);
  }

  private void normalise(RgbImage in, float[] out, int at) {
    int plane = in.height() * in.width();
    for (int c = 0; c < CHANNELS; c++) {
      double mean = config.mean().get(c);
      double std = config.std().get(c);
      for (int i = 0; i < plane; i++) {
        double value = (in.rgb()[CHANNELS * i + c] & 0xff) * config.scale();
        out[at + c * plane + i] = (float) ((value - mean) / std);
      }
    }
  }
}
