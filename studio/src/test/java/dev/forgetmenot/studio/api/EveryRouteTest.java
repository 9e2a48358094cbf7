package dev.forgetmenot.studio.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.LocalServer;
import dev.forgetmenot.studio.http.Route;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages of other servers may do with each route: nothing. */
class EveryRouteTest {
  private static final AccessToken TOKEN = new AccessToken("secret");

  private static final List<String> HOSTS =
      List.of(
          "evil.example",
          "evil.example:7860",
          "localhost.evil.example:7860",
          "127.0.0.1.evil.example:7860",
          "127.0.0.1.nip.io:7860",
          "0.0.0.0:7860",
          "localhost.:7860",
          "127.0.0.1.:7860",
          "127.1:7860",
          "127.0.0.2:7860",
          "2130706433:7860",
          "0x7f000001:7860",
          "0177.0.0.1:7860",
          "[::]:7860",
          "[::ffff:127.0.0.1]:7860",
          "[::1]:7861",
          "localhost",
          "localhost:80",
          "127.0.0.1:7861",
          "127.0.0.1");

  @TempDir private Path state;
  private WaitingServer waiting;
  private LocalServer server;
  private List<Route> routes;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(state.resolve("token"), "content-of-the-token-file");
    Files.writeString(state.resolve("open.html"), "content-of-the-token-file");
    waiting = new WaitingServer(state);
    server = new LocalServer(TOKEN, waiting.apis());
    routes = waiting.apis().stream().map(Api::routes).flatMap(List::stream).toList();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    waiting.close();
  }

  private static String path(Route route) {
    return route.path().replaceAll("\\{[^}]*}", "01");
  }

  private static String cookie() {
    return "Cookie: fmn-7860=" + TOKEN.cookie() + "\r\n";
  }

  private static String head(String answer) {
    return answer.split("\r\n\r\n", 2)[0];
  }

  private static String line(Route route) {
    return route.method() + " " + path(route) + " HTTP/1.1\r\n";
  }

  @Test
  void noneAnswersUnderAnotherName() throws Exception {
    assertThat(routes).hasSizeGreaterThan(50);
    for (Route route : routes) {
      for (String host : HOSTS) {
        String answer =
            server.ask(line(route) + "Host: " + host + "\r\nAuthorization: Bearer secret\r\n\r\n");
        assertThat(answer)
            .as("%s under %s", route, host)
            .matches(text -> text.startsWith("HTTP/1.1 421 ") || text.startsWith("HTTP/1.1 400 "));
        assertThat(answer.split("\r\n\r\n", -1)[1]).doesNotContain("{");
      }
    }
  }

  /** As a browser sends them, whose user is signed in. */
  @Test
  void noneIsDoneForAPageOfAnotherServer() throws Exception {
    List<String> pages =
        List.of(
            "Origin: http://evil.example\r\n",
            "Origin: null\r\n",
            "Origin: http://127.0.0.1:7861\r\n",
            "Origin: http://localhost:7860\r\n",
            "Origin: http://127.0.0.1:7860.evil.example\r\n",
            "Origin: file://\r\n",
            "Sec-Fetch-Site: cross-site\r\n",
            "Sec-Fetch-Site: same-site\r\n",
            "Sec-Fetch-Site: same-site\r\nOrigin: http://127.0.0.1:7860\r\n");
    for (Route route : routes) {
      boolean page = route.access() == Route.Access.ANYONE && route.method().equals("GET");
      for (String headers : pages) {
        if (!page) {
          String answer =
              server.ask(line(route) + "Host: 127.0.0.1:7860\r\n" + cookie() + headers + "\r\n");
          assertThat(answer).as("%s from %s", route, headers).startsWith("HTTP/1.1 403 ");
          assertThat(answer).doesNotContain("Access-Control");
        }
      }
      if (!route.method().equals("GET")) {
        String answer = server.ask(line(route) + "Host: 127.0.0.1:7860\r\n" + cookie() + "\r\n");
        assertThat(answer).as("%s without an Origin", route).startsWith("HTTP/1.1 403 ");
      }
    }
    assertThat(waiting.waiting()).isZero();
  }

  @Test
  void aFormIsNoBody() throws Exception {
    for (Route route : routes) {
      for (String type :
          List.of("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "")) {
        if (!route.method().equals("GET")) {
          String header = type.isEmpty() ? "" : "Content-Type: " + type + "\r\n";
          assertThat(server.ask(route.method(), path(route), header, "{\"kind\":\"draw\"}"))
              .as("%s with %s", route, type)
              .startsWith("HTTP/1.1 415 ");
        }
      }
    }
    assertThat(waiting.waiting()).isZero();
  }

  @Test
  void noneButThoseForAnyoneAnswersWithoutTheToken() throws Exception {
    for (Route route : routes) {
      try (LocalServer fresh = new LocalServer(TOKEN, waiting.apis())) { // wrong ones slow it down
        String answer =
            fresh.ask(
                line(route)
                    + "Host: 127.0.0.1:7860\r\nOrigin: http://127.0.0.1:7860\r\n"
                    + "Content-Type: application/json\r\n\r\n");
        boolean asks = route.path().endsWith("/session") || route.access() == Route.Access.TOKEN;
        assertThat(answer)
            .as(route.toString())
            .startsWith(asks ? "HTTP/1.1 401 " : "HTTP/1.1 200 ");
      }
    }
  }

  @Test
  void everyAnswerIsForThisPageAlone() throws Exception {
    for (Route route : routes) {
      if (route.method().equals("GET") && !route.path().endsWith("/events")) {
        assertThat(head(server.ask("GET", path(route), "", "")))
            .as(route.toString())
            .contains(
                "X-Frame-Options: DENY",
                "X-Content-Type-Options: nosniff",
                "frame-ancestors 'none'",
                "Cross-Origin-Opener-Policy: same-origin",
                "Cross-Origin-Resource-Policy: same-origin",
                "Referrer-Policy: no-referrer")
            .doesNotContain("Access-Control", "Server:", "Location:");
      }
    }
  }

  @Test
  void noPathLeadsToAnotherServer() throws Exception {
    for (String path :
        List.of(
            "//evil.example",
            "//evil.example/%2e%2e",
            "/\\evil.example",
            "/%5cevil.example",
            "/%2f%2fevil.example",
            "/page//evil.example",
            "/?next=//evil.example",
            "/api/v1/jobs?next=https://evil.example",
            "/page")) {
      assertThat(head(server.ask("GET", path, "", "")))
          .as(path)
          .containsPattern("^HTTP/1.1 (200|400|404) ")
          .doesNotContain("Location");
    }
  }

  @Test
  void filesOfTheServerAreNoPaths() throws Exception {
    for (String folder : List.of("/", "/api/v1/", "/sdapi/v1/", "/page/", "/api/v1/images/")) {
      for (String file :
          List.of(
              "token",
              "open.html",
              "trust.json",
              "jobs/01/job.json",
              "token.png",
              "file=token",
              "META-INF/MANIFEST.MF",
              "dev/forgetmenot/studio/api/ApiV1.class",
              "openapi.yaml.bak",
              ".git/config")) {
        assertThat(server.ask("GET", folder + file, "", ""))
            .as(folder + file)
            .containsPattern("^HTTP/1.1 40[04] ")
            .doesNotContain("content-of-the-token-file");
      }
    }
  }

  @Test
  void aTextThatIsSaidBackIsNoPage() throws Exception {
    String script = "<script>alert(1)</script>";
    String body =
        server.ask(
            "POST", "/api/v1/jobs", "Content-Type: application/json\r\n", "{\"" + script + "\":1}");
    assertThat(body).contains("application/problem+json", "nosniff");
    for (String path : List.of("/api/v1/", "/page/", "/sdapi/v1/", "/")) {
      String answer = server.ask("GET", path + "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "", "");
      assertThat(answer).containsPattern("^HTTP/1.1 40[04] ").doesNotContain(script, "text/html");
    }
  }
}
