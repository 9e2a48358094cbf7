package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that send byte by byte, to a server that waits a second for a header. */
class SlowClientsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final List<Socket> clients = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    start(PATIENCE);
  }

  private void start(Duration patience) throws IOException {
    server =
        HttpServer.start(
            new Listening(InetAddress.getLoopbackAddress(), 0, Set.of(), Optional.empty()),
            new AccessToken("secret"),
            List.of(
                FixedApi.of(
                    Route.of("GET", "/open", call -> HttpAnswer.none()).forAnyone(),
                    Route.of("POST", "/sent", call -> HttpAnswer.none())
                        .taking("text/plain", 1 << 20))),
            patience);
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    server.close();
  }

  private Socket connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
    client.setTcpNoDelay(true);
    client.setSoTimeout(20_000);
    clients.add(client);
    return client;
  }

  private String get() {
    return "GET /open HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n";
  }

  private String post(int length) {
    return "POST /sent HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAuthorization: Bearer secret\r\n"
            .formatted(server.port())
        + "Content-Type: text/plain\r\nContent-Length: %s\r\n\r\n".formatted(length);
  }

  private static void write(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The status line and headers of an answer. */
  private static String head(Socket client) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = client.getInputStream().read();
      if (next < 0) {
        return head + " END";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** Sends a byte each tenth of a second; the milliseconds until the connection is closed. */
  private static long drip(Socket client, String text, int longest) throws Exception {
    long began = System.nanoTime();
    client.setSoTimeout(100);
    for (int i = 0; i < text.length(); i++) {
      long millis = (System.nanoTime() - began) / 1_000_000;
      try {
        write(client, text.substring(i, i + 1));
        if (client.getInputStream().read() < 0) {
          return millis;
        }
      } catch (SocketTimeoutException e) {
        if (millis > longest) {
          return Long.MAX_VALUE;
        }
      } catch (IOException e) {
        return millis;
      }
    }
    return Long.MAX_VALUE;
  }

  @Test
  void aHeaderThatDripsIsCutOff() throws Exception {
    assertThat(drip(connect(), get() + " ".repeat(500), 20_000)).isBetween(900L, 5000L);
  }

  @Test
  void aSecondHeaderThatDripsIsCutOffToo() throws Exception {
    Socket client = connect();
    write(client, get());
    assertThat(head(client)).contains(" 204 ");
    assertThat(drip(client, get() + " ".repeat(500), 20_000)).isBetween(900L, 5000L);
  }

  @Test
  void aBodyThatDripsIsCutOff() throws Exception {
    Socket client = connect();
    write(client, post(1000));
    assertThat(drip(client, "x".repeat(1000), 20_000)).isBetween(900L, 5000L);
  }

  @Test
  void aBodyThatComesSlowlyButComesIsTaken() throws Exception {
    Socket client = connect();
    write(client, post(20_000));
    for (int i = 0; i < 20; i++) {
      write(client, "x".repeat(1000));
      Thread.sleep(125);
    }
    assertThat(head(client)).contains(" 204 ");
  }

  @Test
  void aConnectionThatWaitsForItsNextRequestIsKept() throws Exception {
    Socket client = connect();
    write(client, get());
    assertThat(head(client)).contains(" 204 ");
    Thread.sleep(2500);
    write(client, get());
    assertThat(head(client)).contains(" 204 ");
  }

  @Test
  void whileThreeHundredDripOthersAreAnswered() throws Exception {
    server.close();
    start(SlowClients.PATIENCE);
    for (int i = 0; i < 300; i++) {
      connect();
    }
    String request = get();
    List<Long> nanos = new ArrayList<>();
    for (int round = 0; round < 6; round++) {
      for (Socket client : clients.subList(0, 300)) {
        write(client, request.substring(round, round + 1));
      }
      for (int i = 0; i < 10; i++) {
        long began = System.nanoTime();
        Socket client = connect();
        write(client, request);
        assertThat(head(client)).contains(" 204 ");
        nanos.add(System.nanoTime() - began);
        client.close();
      }
    }
    Object[] sorted = nanos.stream().sorted().toArray();
    assertThat((Long) sorted[sorted.length / 2]).as(Arrays.toString(sorted)).isLessThan(50_000_000);
  }

  @Test
  void silentConnectionsThatTakeAllPlacesGiveThemFree() throws Exception {
    for (int i = 0; i < 520; i++) {
      connect();
    }
    long began = System.nanoTime();
    Socket client = connect();
    write(client, get());
    assertThat(head(client)).contains(" 204 ");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
  }
}
