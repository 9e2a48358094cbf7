package dev.forgetmenot.studio.http;

import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The answers of requests that came with an {@code Idempotency-Key}: who asks again with the same
 * key and the same body gets the first answer again, and nothing is done twice. The newest 1,000
 * are kept for a day, or until the server ends; refusals are not kept. Any thread.
 */
public final class KeyedAnswers {
  /** The header. */
  static final String HEADER = "Idempotency-Key";

  private static final int MOST = 1000;
  private static final Duration KEPT = Duration.ofHours(24);

  private final Clock clock;
  private final Map<String, Kept> answers = new LinkedHashMap<>();

  /** Keeps answers by a clock. */
  public KeyedAnswers(Clock clock) {
    this.clock = clock;
  }

  private record Kept(String asked, Instant since, CompletableFuture<HttpAnswer> answer) {}

  /** A route whose requests may have a key. */
  public Route of(Route route) {
    return route.answering(call -> answer(call, route.endpoint()));
  }

  private CompletableFuture<HttpAnswer> answer(HttpCall call, Route.Endpoint endpoint)
      throws HttpProblem, IOException {
    Optional<String> given = call.header(HEADER);
    if (given.isEmpty()) {
      return endpoint.answer(call);
    }
    String key = given.get();
    if (!key.matches("[!-~]{1,64}")) {
      throw HttpProblem.unfit(HEADER + " should be 1 to 64 visible characters of ASCII");
    }
    String asked = call.path() + new TreeMap<>(call.query()) + Sha256.hex(call.body());
    CompletableFuture<HttpAnswer> mine = new CompletableFuture<>();
    Kept kept = kept(key, new Kept(asked, clock.instant(), mine));
    if (!kept.asked.equals(asked)) {
      throw new HttpProblem(
          409,
          "FMN-814",
          HEADER + " was used for another body; a new request should have a new key");
    }
    if (kept.answer == mine) {
      begin(call, endpoint, mine);
      var unused = mine.exceptionally(failure -> forget(key, mine));
    }
    return kept.answer.copy();
  }

  /** The one that was there, or the new one. */
  private synchronized Kept kept(String key, Kept mine) {
    answers.values().removeIf(one -> one.since.plus(KEPT).isBefore(mine.since));
    Kept before = answers.putIfAbsent(key, mine);
    if (answers.size() > MOST) {
      answers.remove(answers.keySet().iterator().next());
    }
    return before == null ? mine : before;
  }

  private synchronized HttpAnswer forget(String key, CompletableFuture<HttpAnswer> answer) {
    answers.computeIfPresent(key, (same, one) -> one.answer == answer ? null : one);
    return null;
  }

  private static void begin(
      HttpCall call, Route.Endpoint endpoint, CompletableFuture<HttpAnswer> answer) {
    try {
      var unused =
          endpoint
              .answer(call)
              .whenComplete(
                  (ready, failure) -> {
                    if (failure == null) {
                      answer.complete(ready);
                    } else {
                      answer.completeExceptionally(failure);
                    }
                  });
    } catch (HttpProblem | IOException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }
}
