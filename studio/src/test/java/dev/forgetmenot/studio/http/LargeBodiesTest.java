package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies of megabytes are in memory while they come: four at a time. */
class LargeBodiesTest {
  private static final int LENGTH = 2 << 20;

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        HttpServer.start(
            0,
            Set.of(),
            new AccessToken("secret"),
            List.of(
                FixedApi.of(
                    Route.of("POST", "/sent", call -> HttpAnswer.none())
                        .taking("text/plain", 4 << 20))));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Socket begin(String length) throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
    client.setSoTimeout(20_000);
    String head =
        "POST /sent HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAuthorization: Bearer secret\r\n"
                .formatted(server.port())
            + "Content-Type: text/plain\r\nConnection: close\r\nExpect: 100-continue\r\n%s\r\n\r\n"
                .formatted(length);
    client.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
    return client;
  }

  /** The beginning of an answer: 100 is said when the body is asked for. */
  private static String answer(Socket client) throws IOException {
    byte[] bytes = new byte[4096];
    int count = client.getInputStream().read(bytes);
    return new String(bytes, 0, Math.max(0, count), StandardCharsets.UTF_8);
  }

  @Test
  void theFifthIsToldToComeBack() throws Exception {
    List<Socket> begun = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      begun.add(begin("Content-Length: " + LENGTH));
    }
    begun.add(begin("Transfer-Encoding: chunked"));
    for (Socket client : begun) {
      assertThat(answer(client)).as("its body is being read").startsWith("HTTP/1.1 100 ");
    }
    try (Socket fifth = begin("Content-Length: " + LENGTH)) {
      assertThat(answer(fifth)).startsWith("HTTP/1.1 429 ").contains("Retry-After: ");
    }
    try (Socket small = begin("Content-Length: 2")) {
      assertThat(answer(small)).startsWith("HTTP/1.1 100 ");
      small.getOutputStream().write(new byte[2]);
      assertThat(answer(small)).startsWith("HTTP/1.1 204 ");
    }
    begun.get(0).getOutputStream().write(new byte[LENGTH]);
    assertThat(answer(begun.get(0))).startsWith("HTTP/1.1 204 ");
    begun.get(1).close();
    Socket next = begin("Content-Length: " + LENGTH);
    assertThat(answer(next)).as("one is done").startsWith("HTTP/1.1 100 ");
    next.getOutputStream().write(new byte[LENGTH]);
    assertThat(answer(next)).startsWith("HTTP/1.1 204 ");
    for (Socket client : begun) {
      client.close();
    }
    next.close();
  }
}
