package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokenSimplexTest {
  @Test
  void projectsOntoTheSimplex() {
    double[] row = {0.9, 0.5, -3};
    TokenSimplex.project(row); // μ = 0.2
    assertThat(row[0]).isCloseTo(0.7, within(1e-4));
    assertThat(row[1]).isCloseTo(0.3, within(1e-4));
    assertThat(row[2]).isZero();
    double[] far = {40, 3, 3};
    TokenSimplex.project(far); // clipped at 1: any μ in [3, 39] does it
    assertThat(far).containsExactly(1, 0, 0);
    double[] low = {-5, -5, -5, -5};
    TokenSimplex.project(low);
    assertThat(low[0]).isCloseTo(0.25, within(1e-4));
  }

  @Test
  void aWordWhoseGradientIsNegativeBecomesLikelier() {
    TokenSimplex simplex = new TokenSimplex(2, 5);
    float[][] gradient = {{0, 0, -9, 0, 0}, {1, 1, 1, 1, 0.5f}};
    simplex.step(gradient);
    // Adam's first step is the rate against the sign of each gradient that is not zero
    double[] first = simplex.row(0);
    assertThat(Arrays.stream(first).sum()).isCloseTo(1, within(1e-4));
    assertThat(first[2] - first[0]).isCloseTo(0.02, within(1e-6));
    assertThat(simplex.likeliest()[0]).isEqualTo(2);
    for (int i = 0; i < 60; i++) {
      simplex.step(gradient);
    }
    assertThat(simplex.row(0)[2]).isGreaterThan(0.9);
    assertThat(simplex.likeliest()).containsExactly(2, 4);
  }

  @Test
  void drawsWordsAsOftenAsTheyAreLikely() {
    TokenSimplex simplex = new TokenSimplex(1, 4);
    simplex.step(new float[][] {{-1, 0, 0, 1}});
    double[] row = simplex.row(0);
    int[] counts = new int[4];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 20_000; i++) {
      counts[simplex.sample(random)[0]]++;
    }
    for (int i = 0; i < 4; i++) {
      assertThat(counts[i] / 20_000.0).isCloseTo(row[i], within(0.015));
    }
  }
}
