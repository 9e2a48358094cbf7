package dev.forgetmenot.plugin.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search for pulls, on words that answer by a rule. */
class BalanceSearchTest {
  private static double strength(double[] pulls) {
    return Arrays.stream(pulls).sum();
  }

  /** A word whose dominant instance gives way at a strength, and whose others show by the pulls. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  private record Word(double givesWayAt, double softness, double... ease) {
    double[] shares(double[] pulls) {
      double[] shares = new double[pulls.length + 1];
      shares[0] = 1 / (1 + Math.exp((strength(pulls) - givesWayAt) / softness));
      double sum = 0;
      for (int i = 0; i < pulls.length; i++) {
        shares[i + 1] = ease[i] * pulls[i];
        sum += shares[i + 1];
      }
      for (int i = 1; i < shares.length; i++) {
        shares[i] *= (1 - shares[0]) / sum;
      }
      return shares;
    }
  }

  @ParameterizedTest
  @CsvSource({"0.05", "0.4", "0.9", "1.7", "3.5"})
  void theStrengthAtWhichTheDominantInstanceGivesWayIsFound(double givesWayAt) {
    double[] wanted = {0.5, 0.5};
    Word word = new Word(givesWayAt, 0.02, 1);
    BalanceSearch search = new BalanceSearch(wanted);
    double distance = 1;
    for (int round = 0; round < 14 && distance > 0.05; round++) {
      double[] shares = word.shares(search.pulls());
      distance = BalanceSearch.distance(wanted, shares);
      search.saw(shares);
    }
    assertThat(distance).isLessThanOrEqualTo(0.05);
  }

  @Test
  void whatShowsTooRarelyIsPulledMore() {
    double[] wanted = {0.4, 0.3, 0.3};
    Word word = new Word(0.8, 0.1, 1, 9); // the third shows nine times as easily
    BalanceSearch search = new BalanceSearch(wanted);
    double[] first = search.pulls();
    assertThat(first[0]).isEqualTo(first[1]);
    for (int round = 0; round < 30; round++) {
      search.saw(word.shares(search.pulls()));
    }
    double[] last = search.pulls();
    assertThat(last[0] / last[1]).isCloseTo(9, within(0.1));
    assertThat(BalanceSearch.distance(wanted, word.shares(last))).isLessThan(0.01);
  }

  @Test
  void theFirstMixIsThatOfTheWantedShares() {
    double[] pulls = new BalanceSearch(new double[] {0.4, 0.45, 0.15}).pulls();
    assertThat(pulls[0] / pulls[1]).isCloseTo(3, within(1e-12));
  }

  @Test
  void theBracketIsNeverLeft() {
    double[] wanted = {0.5, 0.5};
    BalanceSearch search = new BalanceSearch(wanted);
    double enough = 0;
    double tooMuch = Double.POSITIVE_INFINITY;
    boolean[] dominant = {true, true, false, true, false, false, true, true, true, false};
    for (boolean often : dominant) {
      double now = strength(search.pulls());
      assertThat(now).isBetween(enough, tooMuch);
      search.saw(often ? new double[] {0.9, 0.1} : new double[] {0.1, 0.9});
      if (often) {
        enough = now;
      } else {
        tooMuch = now;
      }
    }
    assertThat(tooMuch - enough).isLessThan(0.01);
  }

  @Test
  void aWordThatNeverGivesWayIsNotPulledWithoutEnd() {
    BalanceSearch search = new BalanceSearch(new double[] {0.5, 0.5});
    double last = 0;
    for (int round = 0; round < 20; round++) {
      double now = strength(search.pulls());
      assertThat(now).isGreaterThanOrEqualTo(last);
      last = now;
      search.saw(new double[] {1, 0});
    }
    assertThat(last).isEqualTo(4);
  }

  @Test
  void theDistanceIsTheTotalVariation() {
    double[] wanted = {0.5, 0.3, 0.2};
    assertThat(BalanceSearch.distance(wanted, wanted)).isZero();
    assertThat(BalanceSearch.distance(wanted, new double[] {0, 0, 0})).isEqualTo(1);
    assertThat(BalanceSearch.distance(wanted, new double[] {1, 0, 0})).isEqualTo(0.5);
    assertThat(BalanceSearch.distance(wanted, new double[] {0.5, 0.3, 0}))
        .as("a fifth shows something else")
        .isCloseTo(0.2, within(1e-12));
  }
}
