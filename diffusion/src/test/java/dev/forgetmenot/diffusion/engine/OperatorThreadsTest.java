package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorThreadsTest {
  private static final Processors SIX = new Processors(12, OptionalInt.of(6), OptionalInt.empty());

  @Test
  void whatIsNamedComesBeforeWhatTheMachineHas() {
    Map<String, String> all = Map.of("FMN_THREADS", "3", "OMP_NUM_THREADS", "4");
    assertThat(OperatorThreads.of("2", all, SIX).count()).hasValue(2);
    assertThat(OperatorThreads.of(null, all, SIX).count()).hasValue(3);
    Map<String, String> openMp = Map.of("FMN_THREADS", "", "OMP_NUM_THREADS", "4");
    assertThat(OperatorThreads.of(null, openMp, SIX).count()).as("the engine reads it").isEmpty();
    assertThat(OperatorThreads.of(null, Map.of(), SIX).count()).hasValue(6);
  }

  @Test
  void whatTheEngineReadsItselfIsKnownToo() {
    Map<String, String> nested = Map.of("OMP_NUM_THREADS", " 4,2");
    OperatorThreads left = OperatorThreads.of(null, nested, SIX);
    assertThat(left.used(nested)).hasValue(4);
    assertThat(left.used(Map.of("OMP_NUM_THREADS", "many"))).isEmpty();
    assertThat(OperatorThreads.of("3", nested, SIX).used(nested)).hasValue(3);
  }

  @Test
  void theReasonSaysWhereTheNumberIsFrom() {
    assertThat(OperatorThreads.of(null, Map.of("FMN_THREADS", "3"), SIX).reason())
        .contains("FMN_THREADS");
    assertThat(OperatorThreads.of(null, Map.of(), SIX).reason()).contains("physical cores");
    Processors limited = new Processors(2, OptionalInt.of(6), OptionalInt.empty());
    assertThat(OperatorThreads.of(null, Map.of(), limited).reason()).contains("quota");
    Processors unknown = new Processors(8, OptionalInt.empty(), OptionalInt.empty());
    assertThat(OperatorThreads.of(null, Map.of(), unknown))
        .isEqualTo(new OperatorThreads(OptionalInt.empty(), "the engine's choice"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1025", "two", "1.5", "99999999999"})
  void whatIsNoNumberOfThreadsIsRefused(String text) {
    assertThatThrownBy(() -> OperatorThreads.of(null, Map.of("FMN_THREADS", text), SIX))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the variable FMN_THREADS should be a number of threads from 1 to 1024, not '%s'",
            text);
  }
}
