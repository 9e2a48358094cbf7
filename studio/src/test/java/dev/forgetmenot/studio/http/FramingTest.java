package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose end two readers could see at different places, and headers that would be two. */
class FramingTest {
  private static final String SMUGGLED =
      "GET /smuggled HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";

  private final AtomicInteger smuggled = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    Route hidden =
        Route.of(
            "GET",
            "/smuggled",
            call -> {
              smuggled.incrementAndGet();
              return HttpAnswer.none();
            });
    server =
        HttpServer.start(
            0,
            Set.of(),
            new AccessToken("secret"),
            List.of(
                FixedApi.of(
                    hidden.forAnyone(),
                    Route.of("POST", "/sent", call -> HttpAnswer.none()).forAnyone(),
                    Route.of(
                            "GET",
                            "/named",
                            call -> HttpAnswer.none().with("X-Name", call.asked("name").orElse("")))
                        .forAnyone())));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private String send(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      String own = "127.0.0.1:" + server.port();
      socket
          .getOutputStream()
          .write(request.replace("HOST", own).getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 70\r\n\r\n",
        "Content-Length: 0, 70\r\n\r\n",
        "Content-Length: +0\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x0\r\n\r\n",
        "Content-Length : 0\r\n\r\n",
        " Content-Length: 0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0;a=\"\r\n\r\n\"\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF1\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0 \nX\r\n\r\n",
        "Host: evil.example\r\nContent-Length: 0\r\n\r\n",
        "X: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        "X: a\0b\r\nContent-Length: 0\r\n\r\n",
        "X\r\nContent-Length: 0\r\n\r\n"
      })
  void aBodyWhoseEndIsNotClearEndsTheConnection(String rest) throws Exception {
    String answer =
        send(
            "POST /sent HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer secret\r\n"
                + "Content-Type: application/json\r\n"
                + rest
                + SMUGGLED);
    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("Connection: close");
    assertThat(answer.split("HTTP/1.1 ", -1)).as("one answer").hasSize(2);
    assertThat(smuggled).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET http://evil.example/smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /smuggled HTTP/1.1\r\n\r\n",
        "GET /smuggled HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n",
        "GET /smuggled\r\n\r\n",
        "GET /smuggled HTTP/2.0\r\nHost: HOST\r\n\r\n",
        "GET /smuggled HTTP/1.1 x\r\nHost: HOST\r\n\r\n",
        "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
      })
  void whatIsNoRequestOfThisServerIsNotAnswered(String request) throws Exception {
    String answer = send(request);
    assertThat(answer).containsPattern("^(HTTP/1.1 (400|404|405|421|426|505) |$)");
    assertThat(smuggled).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%0d%0aInjected:%20yes", "%0aInjected:%20yes", "a%00b", "%0d%0a%0d%0ax"})
  void aTextThatBecomesAHeaderStaysOne(String name) throws Exception {
    String answer =
        send("GET /named?name=" + name + " HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n");
    assertThat(answer.lines()).noneMatch(line -> line.startsWith("Injected"));
    assertThat(answer).doesNotContain("\0").endsWith("\r\n\r\n");
    assertThat(answer.split("\r\n\r\n", -1)).hasSize(2);
  }

  @Test
  void aHeaderOfMoreThan8KibIsRefused() throws Exception {
    String answer =
        send("GET /smuggled HTTP/1.1\r\nHost: HOST\r\nX: " + "a".repeat(9000) + "\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 431 ");
    assertThat(smuggled).hasValue(0);
  }
}
