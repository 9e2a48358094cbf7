package dev.forgetmenot.diffusion.random;

import dev.forgetmenot.api.sampling.NoiseSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Noise of a batch in which every picture has a generator of its own, so that a picture does not
 * depend on how many are drawn beside it. Mutable, for one thread at a time.
 */
public final class PerImageNoise implements NoiseSource {
  private final List<NoiseSource> pictures;

  private PerImageNoise(List<NoiseSource> pictures) {
    this.pictures = pictures;
  }

  /** Picture i draws from a generator with seed {@code firstSeed + i}. */
  public static PerImageNoise seeded(long firstSeed, int pictures) {
    var sources = new ArrayList<NoiseSource>();
    for (int i = 0; i < pictures; i++) {
      sources.add(new TorchGenerator(firstSeed + i));
    }
    return new PerImageNoise(List.copyOf(sources));
  }

  /** Picture i draws from a generator with the i-th seed. */
  public static PerImageNoise seeded(List<Long> seeds) {
    return new PerImageNoise(
        seeds.stream().<NoiseSource>map(seed -> new TorchGenerator(seed)).toList());
  }

  /**
   * Draws for all pictures, one after the other.
   *
   * @param count a multiple of the number of pictures
   */
  @Override
  public float[] normal(int count) {
    if (count % pictures.size() != 0) {
      throw new IllegalArgumentException(
          count + " numbers cannot be shared by " + pictures.size() + " pictures");
    }
    int each = count / pictures.size();
    float[] all = new float[count];
    for (int i = 0; i < pictures.size(); i++) {
      System.arraycopy(pictures.get(i).normal(each), 0, all, i * each, each);
    }
    return all;
  }
}
