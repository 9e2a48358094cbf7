package dev.forgetmenot.evaluation.statistics;

import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

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
    if (concepts.size() < FEWEST) {
      return Optional.empty();
    }
    Random random = new Random(seed);
    double[] rates = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      Count pooled = new Count(0, 0);
      for (int i = 0; i < concepts.size(); i++) {
        pooled = pooled.plus(concepts.get(random.nextInt(concepts.size())));
      }
      rates[draw] = pooled.rate();
    }
    Arrays.sort(rates);
    return Optional.of(new Interval(quantile(rates, 0.025), quantile(rates, 0.975)));
  }

  private static double quantile(double[] sorted, double p) {
    double place = p * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
