package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.LatentDistribution;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.NoiseSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What the autoencoder says of training images, worked out once: mean and spread of the latents of
 * each, of which every step takes a new sample. {@link #close} frees them. For the engine thread.
 */
public final class CachedLatents implements AutoCloseable {
  private final NDManager manager;
  private final List<NDArray> means = new ArrayList<>(); // (1, c, h, w), times the scaling factor
  private final List<NDArray> spreads = new ArrayList<>(); // (1, c, h, w), the same

  /** Encodes images, one after another. */
  public CachedLatents(DiffusionModel model, List<RgbImage> images) {
    manager = model.newManager();
    for (RgbImage image : images) {
      LatentDistribution posterior = model.encodePosteriors(List.of(image));
      means.add(keep(posterior.mean()));
      spreads.add(keep(posterior.deviation()));
    }
  }

  private NDArray keep(NDArray array) {
    array.attach(manager);
    return array;
  }

  /** The shape (1, c, h, w) of the latents of each. */
  public Shape shape() {
    return means.get(0).getShape();
  }

  /** Number of images. */
  public int size() {
    return means.size();
  }

  /**
   * A sample of one image's latents.
   *
   * @param step where the result lives
   * @return (1, c, h, w)
   */
  public NDArray sample(NDManager step, int index, NoiseSource noise) {
    Shape shape = means.get(index).getShape();
    NDArray epsilon = step.create(noise.normal(Math.toIntExact(shape.size())), shape);
    return epsilon.muli(spreads.get(index)).addi(means.get(index));
  }

  /** The mean of some images' latents, c · h · w numbers. */
  public float[] mean(List<Integer> indices) {
    float[] sum = means.get(indices.get(0)).toFloatArray();
    for (int index : indices.subList(1, indices.size())) {
      float[] more = means.get(index).toFloatArray();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += more[i];
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= indices.size();
    }
    return sum;
  }

  @Override
  public void close() {
    manager.close();
  }
}
