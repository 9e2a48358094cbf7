package dev.forgetmenot.evaluation.statistics;

import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * The interval of a rate over concepts. Images of one concept are not independent, so whole
 * concepts are drawn with replacement (cluster bootstrap, percentile method).
 */
public final class ClusterBootstrap {
  /** Fewer concepts than this have no interval. */
  public static final int FEWEST = 6;

  private static final int DRAWS = 10_000;

  private ClusterBootstrap() {}

  /**
   * The 2.5 and 97.5 percentiles of the pooled rate of 10,000 draws of as many concepts as there
   * are, with linear interpolation between draws.
   *
   * @param concepts the count of each concept, none of 0
   * @param seed of {@link Random}, to be written into the report
   * @return the interval; empty for fewer than {@link #FEWEST} concepts
   */
  public static Optional<Interval> of(List<Count> concepts, long seed) {
    return percentiles(concepts.size(), seed, drawn -> pooled(concepts, drawn).rate());
  }

  /**
   * The same of the pooled rate of a second count minus that of a first, of the same concepts.
   *
   * @param before the count of each concept, none of 0
   * @param after in the same order
   * @param seed of {@link Random}, to be written into the report
   * @return the interval, within -1..1; empty for fewer than {@link #FEWEST} concepts
   */
  public static Optional<Interval> ofDifference(List<Count> before, List<Count> after, long seed) {
    return percentiles(
        before.size(), seed, drawn -> pooled(after, drawn).rate() - pooled(before, drawn).rate());
  }

  private static Optional<Interval> percentiles(
      int concepts, long seed, ToDoubleFunction<int[]> statistic) {
    if (concepts < FEWEST) {
      return Optional.empty();
    }
    Random random = new Random(seed);
    double[] values = new double[DRAWS];
    int[] drawn = new int[concepts];
    for (int draw = 0; draw < DRAWS; draw++) {
      Arrays.setAll(drawn, i -> random.nextInt(concepts));
      values[draw] = statistic.applyAsDouble(drawn);
    }
    Arrays.sort(values);
    return Optional.of(new Interval(quantile(values, 0.025), quantile(values, 0.975)));
  }

  private static Count pooled(List<Count> concepts, int[] drawn) {
    int k = 0;
    int n = 0;
    for (int concept : drawn) {
      k += concepts.get(concept).k();
      n += concepts.get(concept).n();
    }
    return new Count(k, n);
  }

  private static double quantile(double[] sorted, double p) {
    double place = p * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
