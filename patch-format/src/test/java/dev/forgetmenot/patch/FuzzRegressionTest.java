package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.hostile.Damage;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What fuzzers begin with and what they once found, and a little random damage to it, always the
 * same: readers refuse it or read it, and do nothing else. For more: {@code ./fmn-fuzz}.
 */
class FuzzRegressionTest {
  private static final int RANDOM_RUNS = 1500;

  static Stream<String> targets() {
    return FuzzTargets.ALL.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void inputs(String target) throws IOException {
    FuzzTargets.Run run = FuzzTargets.ALL.get(target);
    List<byte[]> seeds = FuzzTargets.seeds(target);
    assertThat(seeds).isNotEmpty();
    for (byte[] seed : seeds) {
      run.on(seed);
    }
    run.on(new byte[0]);
    Random random = new Random(1);
    for (int i = 0; i < RANDOM_RUNS; i++) {
      Damage damage = damage(seeds.get(random.nextInt(seeds.size())), random);
      try {
        run.on(damage.bytes());
      } catch (RuntimeException | Error e) {
        throw new AssertionError("run " + i, e);
      }
    }
  }

  /** Some bytes changed, and perhaps a piece taken out or put in twice. */
  private static Damage damage(byte[] seed, Random random) {
    byte[] bytes = seed.clone();
    for (int n = random.nextInt(4); n >= 0 && bytes.length > 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    if (bytes.length > 0 && random.nextBoolean()) {
      int at = random.nextInt(bytes.length);
      int length = random.nextInt(Math.min(16, bytes.length - at) + 1);
      int to = random.nextBoolean() ? at + length : at;
      byte[] other = new byte[to + bytes.length - (to == at ? at + length : at)];
      System.arraycopy(bytes, 0, other, 0, to);
      int from = to == at ? at + length : at;
      System.arraycopy(bytes, from, other, to, bytes.length - from);
      bytes = other;
    }
    return new Damage("random", bytes);
  }
}
