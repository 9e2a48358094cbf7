package dev.forgetmenot.studio.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.LocalServer;
import dev.forgetmenot.studio.http.Route;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests at random find no fault of the program, and leave nothing in memory. {@code
 * -Dfmn.fuzz.requests=1000000} sends more of them, {@code -Dfmn.fuzz.seed=N} others.
 */
class HttpFuzzTest {
  private static final int REQUESTS = Integer.getInteger("fmn.fuzz.requests", 20_000);
  private static final long SEED = Long.getLong("fmn.fuzz.seed", 1);

  /** After so many another server takes over, since wrong tokens slow the old one down. */
  private static final int TURN = 400;

  private static final int WAIT_MILLIS = 5000;
  private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.[01] (\\d{3}) ");
  private static final Pattern ID = Pattern.compile("\"id\":\"([0-9A-Z]{26})\"");

  private final Map<Integer, Integer> statuses = new TreeMap<>();

  @Test
  void noRequestFindsAFault(@TempDir Path state) throws Exception {
    try (WaitingServer waiting = new WaitingServer(state)) {
      List<Route> routes =
          waiting.apis().stream()
              .map(Api::routes)
              .flatMap(List::stream)
              .filter(route -> !route.path().endsWith("/events")) // it does not end
              .toList();
      RequestGrammar grammar = new RequestGrammar(SEED, routes);
      long before = 0;
      for (int sent = 0; sent < REQUESTS; sent += TURN) {
        try (LocalServer server = new LocalServer(new AccessToken("secret"), waiting.apis())) {
          for (int i = 0; i < Math.min(TURN, REQUESTS - sent); i++) {
            send(server, grammar);
          }
        }
        if (sent == 0) {
          before = used();
        }
      }
      assertThat(used() - before).as("bytes that stay").isLessThan(24 << 20);
    }
    assertThat(statuses.keySet())
        .as("the requests reach what they are to reach: %s", statuses)
        .contains(200, 202, 204, 400, 401, 403, 404, 405, 409, 413, 415, 421, 422, 429, 431, 503);
  }

  private void send(LocalServer server, RequestGrammar grammar) throws Exception {
    byte[] request = grammar.next();
    Optional<String> answer = server.ask(request, WAIT_MILLIS);
    int status = 0; // the connection was closed, as for a body that did not come whole
    if (answer.isPresent()) {
      Matcher line = STATUS.matcher(answer.get());
      assertThat(line.find()).as(answer.get()).isTrue();
      status = Integer.parseInt(line.group(1));
      assertThat(status)
          .as("%s\n%s", new String(request, StandardCharsets.ISO_8859_1), answer.get())
          .matches(code -> code < 500 || code == 501 || code == 503 || code == 505);
      Matcher id = ID.matcher(answer.get());
      if (status == 202 && id.find()) {
        grammar.made(id.group(1));
      }
    }
    statuses.merge(status, 1, Integer::sum);
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
