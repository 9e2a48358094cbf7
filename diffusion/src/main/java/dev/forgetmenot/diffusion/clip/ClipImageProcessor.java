package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.Picture;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import java.util.List;

/**
 * Makes pictures ready for {@link ClipModel}: resized, the middle cut out, normalised. Thread-safe.
 */
public final class ClipImageProcessor {
  private static final int CHANNELS = 3;

  private final PreprocessorConfig config;

  /** Makes one. */
  public ClipImageProcessor(PreprocessorConfig config) {
    this.config = config;
  }

  /**
   * Pictures as an array.
   *
   * @param manager what the array belongs to
   * @param pictures at least one; without cropping all of one size
   * @return (b, 3, H, W)
   */
  public NDArray process(NDManager manager, List<Picture> pictures) {
    Pixels first = middle(resize(Pixels.of(pictures.get(0))));
    int one = CHANNELS * first.height * first.width;
    float[] all = new float[pictures.size() * one];
    for (int i = 0; i < pictures.size(); i++) {
      Pixels pixels = i == 0 ? first : middle(resize(Pixels.of(pictures.get(i))));
      if (pixels.height != first.height || pixels.width != first.width) {
        throw new IllegalArgumentException("the pictures of a batch should have one size");
      }
      normalise(pixels, all, i * one);
    }
    return manager.create(all, new Shape(pictures.size(), CHANNELS, first.height, first.width));
  }

  private Pixels resize(Pixels in) {
    if (!config.resize()) {
      return in;
    }
    int height = config.height();
    int width = config.width();
    if (config.shortestEdge() > 0) {
      int edge = config.shortestEdge();
      boolean upright = in.height > in.width;
      height = upright ? (int) ((double) edge * in.height / in.width) : edge;
      width = upright ? edge : (int) ((double) edge * in.width / in.height);
    }
    Pixels across = new Pixels(in.height, width);
    Resampler rows = Resampler.of(in.width, width, config.bicubic());
    for (int y = 0; y < in.height; y++) {
      for (int c = 0; c < CHANNELS; c++) {
        rows.line(
            in.values,
            in.index(y, 0) + c,
            CHANNELS,
            across.values,
            across.index(y, 0) + c,
            CHANNELS);
      }
    }
    Pixels down = new Pixels(height, width);
    Resampler columns = Resampler.of(in.height, height, config.bicubic());
    for (int i = 0; i < CHANNELS * width; i++) {
      columns.line(across.values, i, CHANNELS * width, down.values, i, CHANNELS * width);
    }
    return down;
  }

  /** The middle; what lies outside the picture is black. */
  private Pixels middle(Pixels in) {
    if (!config.crop()) {
      return in;
    }
    Pixels out = new Pixels(config.cropHeight(), config.cropWidth());
    int top = Math.floorDiv(in.height - out.height, 2);
    int left = Math.floorDiv(in.width - out.width, 2);
    for (int y = Math.max(0, -top); y < Math.min(out.height, in.height - top); y++) {
      int x = Math.max(0, -left);
      int columns = Math.min(out.width, in.width - left) - x;
      System.arraycopy(
          in.values, in.index(y + top, x + left), out.values, out.index(y, x), CHANNELS * columns);
    }
    return out;
  }

  private void normalise(Pixels in, float[] out, int at) {
    int plane = in.height * in.width;
    for (int c = 0; c < CHANNELS; c++) {
      double mean = config.mean().get(c);
      double std = config.std().get(c);
      for (int i = 0; i < plane; i++) {
        double value = in.values[CHANNELS * i + c] * config.scale();
        out[at + c * plane + i] = (float) ((value - mean) / std);
      }
    }
  }

  /** Values 0 to 255 of a picture, row by row, red green blue. */
  private static final class Pixels {
    private final int height;
    private final int width;
    private final int[] values;

    Pixels(int height, int width) {
      this.height = height;
      this.width = width;
      values = new int[CHANNELS * height * width];
    }

    static Pixels of(Picture picture) {
      Pixels pixels = new Pixels(picture.height(), picture.width());
      for (int i = 0; i < pixels.values.length; i++) {
        pixels.values[i] = picture.rgb()[i] & 0xff;
      }
      return pixels;
    }

    int index(int y, int x) {
      return CHANNELS * (y * width + x);
    }
  }
}
