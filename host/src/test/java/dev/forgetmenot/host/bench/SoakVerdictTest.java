package dev.forgetmenot.host.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as grown, on series whose growth is known. */
class SoakVerdictTest {
  private static final int MIB = 1 << 20;

  private static int nothing(int sample) {
    return 0;
  }

  @Test
  void warmUpAndNoiseAreNoGrowth() {
    IntUnaryOperator warming = i -> i < 10 ? -100 * (10 - i) : (i % 3 - 1) * 10;
    SoakVerdict verdict =
        SoakVerdict.of(samples(warming, i -> i % 2, SoakVerdictTest::nothing, i -> i % 4));
    assertThat(verdict.flat()).as(String.join("\n", verdict.lines())).isTrue();
    assertThat(verdict.lines()).hasSize(4).allMatch(line -> line.endsWith("flat"));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0, 0, 0, outside of the Java heap",
    "0, 1, 0, 0, Java heap in use",
    "0, 0, 1, 0, open arrays",
    "0, 0, 0, 1, processor seconds"
  })
  void whatGrowsWithEverySampleIsNamed(int outside, int heap, int arrays, int slower, String what) {
    SoakVerdict verdict =
        SoakVerdict.of(samples(i -> outside * i, i -> heap * i, i -> arrays * i, i -> slower * i));
    assertThat(verdict.flat()).isFalse();
    assertThat(verdict.lines().stream().filter(line -> line.endsWith("GROWN")).toList())
        .singleElement()
        .asString()
        .contains(what);
  }

  @Test
  void fewSamplesGiveNoVerdict() {
    assertThatThrownBy(
            () ->
                SoakVerdict.of(
                    samples(
                            SoakVerdictTest::nothing,
                            SoakVerdictTest::nothing,
                            SoakVerdictTest::nothing,
                            SoakVerdictTest::nothing)
                        .subList(0, 7)))
        .hasMessageContaining("at least 8 samples, not 7");
  }

  /** Forty samples; memory in MiB, arrays, and hundredths of a second beside a second. */
  private static List<SoakSample> samples(
      IntUnaryOperator outside,
      IntUnaryOperator heap,
      IntUnaryOperator arrays,
      IntUnaryOperator slower) {
    return IntStream.range(0, 40)
        .mapToObj(
            i ->
                new SoakSample(
                    10 * i,
                    i,
                    i,
                    1,
                    1 + slower.applyAsInt(i) / 100.0,
                    2000L * MIB,
                    (1000L + outside.applyAsInt(i)) * MIB,
                    (100L + heap.applyAsInt(i)) * MIB,
                    3000 + arrays.applyAsInt(i)))
        .toList();
  }
}
