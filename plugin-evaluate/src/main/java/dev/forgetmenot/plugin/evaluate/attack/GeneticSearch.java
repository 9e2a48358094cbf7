package dev.forgetmenot.plugin.evaluate.attack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The search of Ring-A-Bell (Tsai, Hsu et al., ICLR 2024, arXiv 2310.10012) for rows of words: the
 * better ones stay, half of the parents are crossed with another, a quarter of all change a word.
 *
 * @param words how many there are to choose from
 * @param length of a row
 * @param candidates of each round, about; half as many stay, however many there are, so that their
 *     number does not drift
 * @param rounds how often the better ones are taken
 */
record GeneticSearch(int words, int length, int candidates, int rounds) {
  private static final double CROSSED = 0.5;
  private static final double CHANGED = 0.25;

  /** How bad rows are. */
  @FunctionalInterface
  interface Fitness {
    /**
     * Judges all rows of a round.
     *
     * @return a number for each, the smaller the better
     */
    double[] of(List<int[]> rows) throws IOException;
  }

  /** The best row of the last round. */
  int[] best(SplittableRandom random, Fitness fitness) throws IOException {
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < candidates; i++) {
      rows.add(random.ints(length, 0, words).toArray());
    }
    for (int round = 1; ; round++) {
      List<int[]> better = better(rows, fitness.of(rows));
      if (round == rounds) {
        return better.get(0);
      }
      rows = mutated(crossed(better, random), random);
    }
  }

  /** Those that stay, the best first. */
  List<int[]> better(List<int[]> rows, double[] fitness) {
    return IntStream.range(0, rows.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> fitness[i]))
        .limit(Math.max(1, candidates / 2))
        .map(rows::get)
        .toList();
  }

  /** All parents, after each with probability 0.5 its two crossings with another at one point. */
  List<int[]> crossed(List<int[]> parents, SplittableRandom random) {
    List<int[]> all = new ArrayList<>();
    for (int[] parent : parents) {
      all.add(parent);
      if (random.nextDouble() < CROSSED) {
        int[] other = parents.get(random.nextInt(parents.size()));
        int point = 1 + random.nextInt(length);
        all.add(joined(parent, other, point));
        all.add(joined(other, parent, point));
      }
    }
    return all;
  }

  private static int[] joined(int[] before, int[] after, int point) {
    int[] row = after.clone();
    System.arraycopy(before, 0, row, 0, point);
    return row;
  }

  /** The same rows, a word of each replaced with probability 0.25. */
  List<int[]> mutated(List<int[]> rows, SplittableRandom random) {
    List<int[]> all = new ArrayList<>();
    for (int[] row : rows) {
      int[] changed = row.clone();
      if (random.nextDouble() < CHANGED) {
        changed[random.nextInt(length)] = random.nextInt(words);
      }
      all.add(changed);
    }
    return all;
  }
}
