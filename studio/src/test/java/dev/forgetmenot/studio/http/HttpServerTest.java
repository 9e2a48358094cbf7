package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order in which a request is checked, by bytes on a socket: a client would mend some. */
class HttpServerTest {
  private static final String TOKEN = "Authorization: Bearer secret\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.start(0, Set.of(), new AccessToken("secret"), List.of(new Echo()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /** Answers with what it was asked. */
  private record Echo() implements Api {
    @Override
    public String prefix() {
      return "/";
    }

    @Override
    public List<Route> routes() {
      return List.of(
          Route.of("GET", "/things/{id}", call -> said(call.name("id"))),
          Route.of("POST", "/things", call -> HttpAnswer.json(call.json())),
          Route.of("DELETE", "/kept/{id}", call -> HttpAnswer.none()),
          Route.of("GET", "/fault", call -> fault()),
          Route.of("GET", "/open", call -> said("open")).forAnyone());
    }

    private static HttpAnswer said(String text) {
      JsonObject json = new JsonObject();
      json.addProperty("said", text);
      return HttpAnswer.json(json);
    }

    private static HttpAnswer fault() {
      throw new ClassCastException("inner words");
    }

    @Override
    public HttpAnswer refusal(HttpProblem problem) {
      JsonObject json = new JsonObject();
      json.addProperty("code", problem.code());
      json.addProperty("detail", problem.getMessage());
      HttpAnswer answer = HttpAnswer.json(problem.status(), json);
      return new HttpAnswer(answer.status(), answer.type(), answer.body(), problem.headers());
    }
  }

  private String send(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String ask(String line, String headers, String body) throws IOException {
    return send(
        line
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + server.port()
            + "\r\nConnection: close\r\n"
            + headers
            + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
            + "\r\n"
            + body);
  }

  @Test
  void whoHasTheTokenIsAnswered() throws IOException {
    assertThat(ask("GET /things/a%20b", TOKEN, ""))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("{\"said\":\"a b\"}");
    assertThat(ask("POST /things", TOKEN + JSON, "{\"a\":1}"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("{\"a\":1}");
  }

  @Test
  void everyAnswerTellsBrowsersToTakeNothingForAPage() throws IOException {
    for (String path : List.of("/open", "/things/1", "/nothing")) {
      assertThat(ask("GET " + path, "", ""))
          .contains(
              "X-Content-Type-Options: nosniff",
              "Content-Security-Policy: default-src 'none'",
              "Cross-Origin-Resource-Policy: same-origin",
              "Cache-Control: no-store")
          .doesNotContain("Server:", "Access-Control");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/open", "/things/1", "/nothing"})
  void anotherHostIsRefusedBeforeAnythingElse(String path) throws IOException {
    String answer =
        send("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 421 ").endsWith("\r\n\r\n");
  }

  @Test
  void whoHasNoTokenIsRefused() throws IOException {
    assertThat(ask("GET /things/1", "", ""))
        .startsWith("HTTP/1.1 401 ")
        .contains("WWW-Authenticate: Basic", "FMN-801");
    assertThat(ask("GET /things/1", "Authorization: Bearer wrong\r\n", ""))
        .startsWith("HTTP/1.1 401 ");
    assertThat(ask("GET /open", "", "")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void theCookieOfASessionIsTheSameAsTheToken() throws IOException {
    String cookie =
        "Cookie: fmn-" + server.port() + "=" + new AccessToken("secret").cookie() + "\r\n";
    String own = "Origin: http://127.0.0.1:" + server.port() + "\r\n";
    assertThat(ask("GET /things/1", cookie, "")).startsWith("HTTP/1.1 200 ");
    assertThat(ask("POST /things", cookie + own + JSON, "{}")).startsWith("HTTP/1.1 200 ");
    assertThat(ask("POST /things", cookie + JSON, "{}"))
        .as("a page of another server can send a cookie, but no Origin of this one")
        .startsWith("HTTP/1.1 403 ");
    assertThat(ask("GET /things/1", cookie.replace("fmn-", "fmn-1"), ""))
        .as("another port's")
        .startsWith("HTTP/1.1 401 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "http://evil.example", "http://127.0.0.1:1"})
  void pagesOfOtherServersAreRefusedWithTheTokenToo(String origin) throws IOException {
    assertThat(ask("POST /things", TOKEN + JSON + "Origin: " + origin + "\r\n", "{}"))
        .startsWith("HTTP/1.1 403 ")
        .contains("FMN-802");
  }

  @Test
  void aFormOfAnotherPageIsNoJson() throws IOException {
    assertThat(ask("POST /things", TOKEN + "Content-Type: text/plain\r\n", "{}"))
        .startsWith("HTTP/1.1 415 ");
    assertThat(ask("POST /things", TOKEN, "{}")).startsWith("HTTP/1.1 415 ");
  }

  @Test
  void aDeleteOfABrowserHasNeitherBodyNorLength() throws IOException {
    assertThat(ask("DELETE /kept/1", TOKEN, "")).startsWith("HTTP/1.1 204 ");
    assertThat(ask("DELETE /kept/1", TOKEN, "{}")).startsWith("HTTP/1.1 415 ");
    assertThat(
            ask("DELETE /kept/1", TOKEN + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", ""))
        .startsWith("HTTP/1.1 415 ");
  }

  @Test
  void largeBodiesAreRefusedByTheirLengthAndWhileTheyCome() throws IOException {
    assertThat(ask("POST /things", TOKEN + JSON + "Content-Length: 1048577\r\n", ""))
        .startsWith("HTTP/1.1 413 ");
    String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
    assertThat(
            ask(
                "POST /things",
                TOKEN + JSON + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(17) + "0\r\n",
                ""))
        .startsWith("HTTP/1.1 413 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "1", "{} {}", "null"})
  void whatIsNoObjectIsRefused(String body) throws IOException {
    assertThat(ask("POST /things", TOKEN + JSON, body)).startsWith("HTTP/1.1 422 ");
  }

  @Test
  void deepJsonIsRefused() throws IOException {
    String deep = "{\"a\":".repeat(17) + "1" + "}".repeat(17);
    assertThat(ask("POST /things", TOKEN + JSON, deep)).startsWith("HTTP/1.1 422 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/things",
        "/things/",
        "/things/1/2",
        "/things/../token",
        "/%2e%2e/token",
        "/things/..%2ftoken",
        "//things/1",
        "/things/a%00b"
      })
  void otherPathsAreNothing(String path) throws IOException {
    String method = path.equals("/things") ? "DELETE " : "GET ";
    assertThat(ask(method + path, TOKEN, "")).containsPattern("^HTTP/1.1 40[045] ");
  }

  @Test
  void otherMethodsAreNamed() throws IOException {
    assertThat(ask("DELETE /things/1", TOKEN, ""))
        .startsWith("HTTP/1.1 405 ")
        .contains("Allow: GET");
    assertThat(ask("HEAD /things/1", TOKEN, "")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
  }

  @Test
  void aFaultOfTheProgramShowsNoInnerWords() throws IOException {
    assertThat(ask("GET /fault", TOKEN, ""))
        .startsWith("HTTP/1.1 500 ")
        .contains("FMN-799")
        .doesNotContain("inner words", "ClassCast");
  }

  @Test
  void theLogHasNeitherTokenNorCookieNorBody() throws IOException {
    PrintStream before = System.err;
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try {
      String cookie = "Cookie: fmn-1=cookie-content\r\n";
      ask("GET /fault?word=query-content", TOKEN + cookie + JSON, "{\"body-content\": 1}");
    } finally {
      System.setErr(before);
    }
    assertThat(logged.toString(StandardCharsets.UTF_8))
        .contains("request 0")
        .doesNotContain("secret", "cookie-content", "query-content", "body-content");
  }

  @Test
  void aBodyOfTheMostBytesIsTaken() throws IOException {
    String body = "{\"a\":\"" + "x".repeat((1 << 20) - 8) + "\"}";
    assertThat(body).hasSize(1 << 20);
    assertThat(ask("POST /things", TOKEN + JSON, body)).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aTakenPortIsSaid() {
    assertThatThrownBy(
            () ->
                HttpServer.start(
                    server.port(), Set.of(), new AccessToken("secret"), List.of(new Echo())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--port");
  }
}
