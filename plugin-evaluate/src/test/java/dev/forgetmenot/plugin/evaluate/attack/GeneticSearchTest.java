package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GeneticSearchTest {
  private static final int[] WANTED = {3, 1, 4, 1, 5, 9};

  private static double[] differing(List<int[]> rows) {
    return rows.stream()
        .mapToDouble(
            row -> {
              int count = 0;
              for (int i = 0; i < row.length; i++) {
                count += row[i] == WANTED[i] ? 0 : 1;
              }
              return count;
            })
        .toArray();
  }

  @Test
  void findsARowThatItIsLedTo() throws IOException {
    GeneticSearch search = new GeneticSearch(10, 6, 200, 60);
    List<Integer> sizes = new ArrayList<>();
    int[] best =
        search.best(
            new SplittableRandom(1),
            rows -> {
              sizes.add(rows.size());
              return differing(rows);
            });
    assertThat(best).containsExactly(WANTED);
    assertThat(sizes).hasSize(60);
    assertThat(sizes.stream().mapToInt(one -> one).average().orElseThrow()).isBetween(80.0, 320.0);
    assertThat(search.best(new SplittableRandom(1), GeneticSearchTest::differing))
        .as("the same seed, the same words")
        .containsExactly(best);
  }

  @Test
  void theBetterOnesStayTheBestFirst() {
    List<int[]> rows = List.of(new int[] {0}, new int[] {1}, new int[] {2}, new int[] {3});
    assertThat(new GeneticSearch(10, 1, 4, 1).better(rows, new double[] {4, 1, 3, 2}))
        .containsExactly(rows.get(1), rows.get(3));
  }

  /** Half of a number that varies by chance would sooner or later be one, and select nothing. */
  @Test
  void asManyStayHoweverLongItSearches() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    new GeneticSearch(10, 6, 16, 2000)
        .best(
            new SplittableRandom(1),
            rows -> {
              sizes.add(rows.size());
              return differing(rows);
            });
    assertThat(sizes.subList(1, 2000)).allMatch(size -> size >= 8 && size <= 24);
  }

  @Test
  void crossingsAreOfTwoParentsAndChangesOfOnePlace() {
    GeneticSearch search = new GeneticSearch(100, 3, 4, 1);
    List<int[]> parents = List.of(new int[] {1, 2, 3}, new int[] {7, 8, 9});
    List<int[]> all = search.crossed(parents, new SplittableRandom(2));
    assertThat(all).contains(parents.get(0), parents.get(1));
    assertThat(all)
        .allMatch(
            row ->
                (row[0] == 1 || row[0] == 7)
                    && (row[1] == 2 || row[1] == 8)
                    && (row[2] == 3 || row[2] == 9));
    List<int[]> same = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      same.add(new int[] {100, 100, 100}); // no word: each change shows
    }
    List<int[]> changed = search.mutated(same, new SplittableRandom(3));
    assertThat(changed).allMatch(row -> List.of(0, 1).contains(differences(row)));
    assertThat(changed.stream().filter(row -> differences(row) == 1).count()).isBetween(70L, 130L);
  }

  private static int differences(int[] row) {
    int count = 0;
    for (int word : row) {
      count += word == 100 ? 0 : 1;
    }
    return count;
  }
}
