package dev.forgetmenot.diffusion.random;

import dev.forgetmenot.api.sampling.NoiseSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Noise of a batch in which every image has a generator of its own, so that an image does not
 * depend on how many are drawn beside it. Mutable, for one thread at a time.
 */
public final class PerImageNoise implements NoiseSource {
  private final List<NoiseSource> images;

  private PerImageNoise(List<NoiseSource> images) {
    this.images = images;
  }

  /** Image i draws from a generator with seed {@code firstSeed + i}. */
  public static PerImageNoise seeded(long firstSeed, int images) {
    var sources = new ArrayList<NoiseSource>();
    for (int i = 0; i < images; i++) {
      sources.add(new TorchGenerator(firstSeed + i));
    }
    return new PerImageNoise(List.copyOf(sources));
  }

  /** Image i draws from a generator with the i-th seed. */
  public static PerImageNoise seeded(List<Long> seeds) {
    return new PerImageNoise(
        seeds.stream().<NoiseSource>map(seed -> new TorchGenerator(seed)).toList());
  }

  /**
   * Draws for all images, one after the other.
   *
   * @param count a multiple of the number of images
   */
  @Override
  public float[] normal(int count) {
    if (count % images.size() != 0) {
      throw new IllegalArgumentException(
          count + " numbers cannot be shared by " + images.size() + " images");
    }
    int each = count / images.size();
    float[] all = new float[count];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i).normal(each), 0, all, i * each, each);
    }
    return all;
  }
}
