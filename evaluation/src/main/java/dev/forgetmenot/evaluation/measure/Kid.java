package dev.forgetmenot.evaluation.measure;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * KID, the kernel inception distance (Bińkowski et al. 2018), of CLIP's image embeddings instead of
 * Inception's: the unbiased squared mean discrepancy under k(a, b) = (a·b / D + 1)³, averaged over
 * subsets. Around 0 for two samples of one set, smaller is nearer, may be negative. Print it as
 * "KID (CLIP)": published values are of other features.
 */
public final class Kid {
  private static final int SUBSETS = 100;
  private static final int LARGEST = 1000;

  private Kid() {}

  /**
   * The mean over 100 subsets of min(n, m, 1000) images, drawn without replacement.
   *
   * @param x image embeddings (n, D), n at least 2
   * @param y image embeddings (m, D), m at least 2
   * @param seed of {@link Random}, for the subsets; without effect where both sets are taken whole
   * @return the distance
   */
  public static double of(UnitRows x, UnitRows y, long seed) {
    int size = Math.min(LARGEST, Math.min(x.size(), y.size()));
    if (size == x.size() && size == y.size()) {
      return ofOne(x, y);
    }
    Random random = new Random(seed);
    double sum = 0;
    for (int subset = 0; subset < SUBSETS; subset++) {
      sum += ofOne(x.rows(drawn(x.size(), size, random)), y.rows(drawn(y.size(), size, random)));
    }
    return sum / SUBSETS;
  }

  private static double ofOne(UnitRows x, UnitRows y) {
    return MeanDiscrepancy.of(x, y, cosine -> Math.pow(cosine / x.width() + 1, 3)).unbiased();
  }

  private static int[] drawn(int of, int size, Random random) {
    int[] all = IntStream.range(0, of).toArray();
    for (int i = 0; i < size; i++) {
      int j = i + random.nextInt(of - i);
      int kept = all[i];
      all[i] = all[j];
      all[j] = kept;
    }
    return Arrays.copyOf(all, size);
  }
}
