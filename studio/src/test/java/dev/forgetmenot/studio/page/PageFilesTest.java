package dev.forgetmenot.studio.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.HttpServer;
import dev.forgetmenot.studio.http.Route;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser gets, and what it is told to allow. */
class PageFilesTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Pattern IMPORTED =
      Pattern.compile("(?:from ?|src=|href=|: ?)\"(/page/[^\"]+|preact(?:/hooks)?|htm)\"");
  private static final Pattern MAP =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        HttpServer.start(
            0, Set.of(), new AccessToken("secret"), List.of(new Secrets(), new PageFiles()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /** Another API, as it stands before the page. */
  private record Secrets() implements Api {
    @Override
    public String prefix() {
      return "/";
    }

    @Override
    public List<Route> routes() {
      return List.of(Route.of("GET", "/secret", call -> HttpAnswer.none()));
    }

    @Override
    public HttpAnswer refusal(HttpProblem problem) {
      return new HttpAnswer(problem.status(), "text/plain", new byte[0], problem.headers());
    }
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anyoneGetsThePageAndAllThatItLoads() throws Exception {
    Deque<String> asked = new ArrayDeque<>(List.of("/"));
    Set<String> seen = new HashSet<>();
    while (!asked.isEmpty()) {
      String path = asked.pop();
      if (!seen.add(path)) {
        continue;
      }
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(type(answer))
          .as(path)
          .startsWith(
              path.equals("/")
                  ? "text/html"
                  : path.endsWith(".js")
                      ? "text/javascript"
                      : path.endsWith(".css") ? "text/css" : "image/svg+xml");
      Matcher imported = IMPORTED.matcher(answer.body());
      while (imported.find()) {
        asked.add(
            switch (imported.group(1)) {
              case "preact", "htm" -> "/page/" + imported.group(1) + ".js";
              case "preact/hooks" -> "/page/hooks.js";
              default -> imported.group(1);
            });
      }
    }
    assertThat(seen)
        .contains(
            "/page/app.js",
            "/page/draw.js",
            "/page/patches.js",
            "/page/preact.js",
            "/page/hooks.js")
        .contains("/page/htm.js", "/page/style.css", "/page/icon.svg")
        .hasSize(15);
  }

  private static String type(HttpResponse<String> answer) {
    return answer.headers().firstValue("Content-Type").orElse("");
  }

  /** A browser runs a script in the page only if its hash is in the policy. */
  @Test
  void thePolicyAllowsItsOwnScriptsAlone() throws Exception {
    HttpResponse<String> page = get("/");
    Matcher map = MAP.matcher(page.body());
    assertThat(map.find()).isTrue();
    String hash =
        Base64.getEncoder()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(map.group(1).getBytes(StandardCharsets.UTF_8)));
    assertThat(page.headers().allValues("Content-Security-Policy"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("default-src 'none'; script-src 'self' 'sha256-" + hash + "';")
        .contains("frame-ancestors 'none'", "form-action 'none'", "trusted-types 'none'")
        .doesNotContain("unsafe", "http:", "*");
    assertThat(get("/page/app.js").headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none';"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page/",
        "/page/token",
        "/page/app.js/",
        "/page/PageFiles.class",
        "/page/../secret",
        "/page/%2e%2e/%2e%2e/META-INF/MANIFEST.MF",
        "/META-INF/resources/webjars/preact/10.26.4/package.json",
        "/index.html",
        "/page/app.js%00"
      })
  void nothingElseOfTheJarsIsShown(String path) throws Exception {
    assertThat(get(path).statusCode()).isBetween(400, 404);
  }

  @Test
  void aLinkOfAnotherPageLeadsHereAndToNothingElse() throws Exception {
    assertThat(get("/", "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(200);
    assertThat(
            get("/secret", "Sec-Fetch-Site", "cross-site", "Authorization", "Bearer secret")
                .statusCode())
        .isEqualTo(403);
    assertThat(get("/secret", "Authorization", "Bearer secret").statusCode()).isEqualTo(204);
  }

  /** With the header a browser would put a question of its own over the page. */
  @Test
  void aScriptOfThePageIsToldThatItHasNoTokenWithoutAQuestion() throws Exception {
    HttpResponse<String> script = get("/secret", "Sec-Fetch-Site", "same-origin");
    assertThat(script.statusCode()).isEqualTo(401);
    assertThat(script.headers().firstValue("WWW-Authenticate")).isEmpty();
    assertThat(get("/secret").headers().firstValue("WWW-Authenticate")).isPresent();
  }
}
