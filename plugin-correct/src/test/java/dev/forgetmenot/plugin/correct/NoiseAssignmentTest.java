package dev.forgetmenot.plugin.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which noise goes with which instance. */
class NoiseAssignmentTest {
  private static final int LATENTS = 64;
  private static final int NOISES = 20_000;

  private final SplittableRandom random = new SplittableRandom(17);
  private final List<float[]> means = List.of(normal(), normal(), normal());
  private final List<float[]> noises = new ArrayList<>();

  NoiseAssignmentTest() {
    for (int i = 0; i < NOISES; i++) {
      noises.add(normal());
    }
  }

  private float[] normal() {
    float[] values = new float[LATENTS];
    for (int i = 0; i < LATENTS; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private int[] concepts(NoiseAssignment pairing) {
    return noises.stream().mapToInt(pairing::concept).toArray();
  }

  private void assertShares(NoiseAssignment pairing, double... shares) {
    double[] found = new double[shares.length];
    for (int concept : concepts(pairing)) {
      found[concept] += 1.0 / NOISES;
    }
    for (int i = 0; i < shares.length; i++) {
      assertThat(found[i]).as("share " + i).isCloseTo(shares[i], within(0.035));
    }
  }

  @Test
  void eachInstanceGetsItsShareOfNoise() {
    NoiseAssignment pairing = new NoiseAssignment(means, new double[] {0.2, 0.3, 0.5}, 1);
    assertShares(pairing, 0.2, 0.3, 0.5);
    pairing.share(new double[] {0.8, 0.18, 0.02});
    assertShares(pairing, 0.8, 0.18, 0.02);
    assertShares(new NoiseAssignment(means.subList(0, 2), new double[] {0.5, 0.5}, 1), 0.5, 0.5);
  }

  @Test
  void instancesGetTheNoiseThatLeansToThem() {
    NoiseAssignment pairing = new NoiseAssignment(means, new double[] {0.2, 0.3, 0.5}, 1);
    double[][] sums = new double[3][3]; // by what the noise was paired with and by instance
    int[] concepts = concepts(pairing);
    for (int n = 0; n < NOISES; n++) {
      for (int i = 0; i < 3; i++) {
        for (int k = 0; k < LATENTS; k++) {
          sums[concepts[n]][i] += (double) noises.get(n)[k] * means.get(i)[k] / NOISES;
        }
      }
    }
    for (int i = 0; i < 3; i++) {
      for (int other = 0; other < 3; other++) {
        if (other != i) {
          assertThat(sums[i][i]).isGreaterThan(sums[i][other]);
        }
      }
    }
  }

  @Test
  void theSameSharesGiveTheSamePairsWhateverWasBefore() {
    double[] shares = {0.2, 0.3, 0.5};
    NoiseAssignment one = new NoiseAssignment(means, shares, 1);
    NoiseAssignment two = new NoiseAssignment(means, new double[] {0.9, 0.05, 0.05}, 1);
    assertThat(concepts(two)).isNotEqualTo(concepts(one));
    two.share(shares);
    assertThat(concepts(two)).isEqualTo(concepts(one));
  }
}
