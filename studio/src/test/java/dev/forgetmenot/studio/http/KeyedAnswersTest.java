package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedAnswersTest {
  private final AtomicInteger done = new AtomicInteger();
  private final Hands clock = new Hands();
  private final KeyedAnswers answers = new KeyedAnswers(clock);

  /** A clock that is set by hand. */
  private static final class Hands extends Clock {
    private Instant now = Instant.EPOCH;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private HttpAnswer number() {
    return new HttpAnswer(202, "text/plain", new byte[] {(byte) done.incrementAndGet()}, Map.of());
  }

  private final Route route = answers.of(Route.of("POST", "/things", call -> number()));

  private static HttpCall call(String path, String key, String body) {
    Map<String, String> headers = key.isEmpty() ? Map.of() : Map.of("Idempotency-Key", key);
    return new HttpCall(
        1, false, path, Map.of(), Map.of(), headers, body.getBytes(StandardCharsets.UTF_8));
  }

  private int ask(String key, String body) throws Exception {
    return route.endpoint().answer(call("/things", key, body)).get().body()[0];
  }

  @Test
  void theSameRequestIsDoneOnce() throws Exception {
    assertThat(ask("a", "{}")).isEqualTo(1);
    assertThat(ask("a", "{}")).isEqualTo(1);
    assertThat(ask("b", "{}")).isEqualTo(2);
    assertThat(ask("", "{}")).isEqualTo(3);
    assertThat(ask("", "{}")).isEqualTo(4);
  }

  @Test
  void aKeyIsForOneBodyAndOnePath() throws Exception {
    ask("a", "{}");
    for (HttpCall other : new HttpCall[] {call("/things", "a", "{ }"), call("/other", "a", "{}")}) {
      assertThatThrownBy(() -> route.endpoint().answer(other))
          .isInstanceOfSatisfying(
              HttpProblem.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(409);
                assertThat(refused.code()).isEqualTo("FMN-814");
              });
    }
    assertThat(done).hasValue(1);
  }

  @Test
  void aDayLaterItIsAnotherRequest() throws Exception {
    ask("a", "{}");
    clock.now = clock.now.plus(Duration.ofHours(24));
    assertThat(ask("a", "{}")).isEqualTo(1);
    clock.now = clock.now.plusSeconds(1);
    assertThat(ask("a", "other")).isEqualTo(2);
  }

  @Test
  void theNewestThousandAreKept() throws Exception {
    for (int i = 0; i <= 1000; i++) {
      ask("key" + i, "{}");
    }
    int before = done.get();
    ask("key1", "{}");
    assertThat(done).hasValue(before);
    ask("key0", "{}");
    assertThat(done).hasValue(before + 1);
  }

  @Test
  void aRefusalMayBeAskedForAgain() throws Exception {
    Route full =
        answers.of(
            Route.of(
                "POST",
                "/full",
                call -> {
                  if (done.incrementAndGet() == 1) {
                    throw HttpProblem.busy("full", 1);
                  }
                  return HttpAnswer.none();
                }));
    CompletableFuture<HttpAnswer> first = full.endpoint().answer(call("/full", "f", "{}"));
    assertThatThrownBy(first::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(HttpProblem.class);
    assertThat(full.endpoint().answer(call("/full", "f", "{}")).get().status()).isEqualTo(204);
  }

  @Test
  void whoAsksAgainBeforeTheAnswerWaitsForTheSame() throws Exception {
    CompletableFuture<HttpAnswer> later = new CompletableFuture<>();
    Route slow = answers.of(Route.later("POST", "/slow", 9, call -> later));
    CompletableFuture<HttpAnswer> one = slow.endpoint().answer(call("/slow", "s", "{}"));
    CompletableFuture<HttpAnswer> other = slow.endpoint().answer(call("/slow", "s", "{}"));
    assertThat(other).isNotDone();
    later.complete(HttpAnswer.none());
    assertThat(one.get()).isSameAs(other.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "a b", "a\tb", "ä"})
  void aKeyIsVisibleText(String key) {
    assertThatThrownBy(() -> ask(key, "{}")).hasMessageContaining("1 to 64 visible");
    assertThatThrownBy(() -> ask("k".repeat(65), "{}")).hasMessageContaining("1 to 64 visible");
    assertThat(done).hasValue(0);
  }
}
