package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that are written piece by piece. */
class StreamedAnswerTest {
  private static final long SECONDS = 20;

  private final BlockingQueue<Outlet> outlets = new LinkedBlockingQueue<>();
  private HttpServer server;

  /** Hands out what it writes to. */
  private record Streams(BlockingQueue<Outlet> outlets) implements Api {
    @Override
    public String prefix() {
      return "/";
    }

    @Override
    public List<Route> routes() {
      return List.of(
          Route.of("GET", "/stream", call -> HttpAnswer.streamed("text/plain", outlets::add))
              .forAnyone());
    }

    @Override
    public HttpAnswer refusal(HttpProblem problem) {
      return new HttpAnswer(problem.status(), "text/plain", new byte[0], problem.headers());
    }
  }

  @BeforeEach
  void start() throws IOException {
    server =
        HttpServer.start(0, Set.of(), new AccessToken("secret"), List.of(new Streams(outlets)));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Socket ask(String method) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(10_000);
    String request = method + " /stream HTTP/1.0\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private Outlet outlet() throws InterruptedException {
    return outlets.poll(SECONDS, TimeUnit.SECONDS);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void piecesComeInTheirOrderUntilTheEnd() throws Exception {
    try (Socket client = ask("GET")) {
      Outlet outlet = outlet();
      for (int i = 0; i < 100; i++) {
        outlet.write(bytes(i + ","));
      }
      outlet.end();
      outlet.write(bytes("after the end"));
      String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("\r\n\r\n0,1,2,").endsWith(",99,");
      outlet.ended().get(SECONDS, TimeUnit.SECONDS);
    }
  }

  @Test
  void aPieceComesAtOnce() throws Exception {
    try (Socket client = ask("GET")) {
      outlet().write(bytes("now\n"));
      InputStream in = client.getInputStream();
      StringBuilder heard = new StringBuilder();
      while (!heard.toString().endsWith("now\n")) {
        heard.append((char) in.read());
      }
      assertThat(heard).contains("no-store");
    }
  }

  @Test
  void aHeadHasNoPieces() throws Exception {
    try (Socket client = ask("HEAD")) {
      assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 ")
          .endsWith("\r\n\r\n");
    }
    assertThat(outlets).isEmpty();
  }

  @Test
  void aClientThatDoesNotReadIsLetGo() throws Exception {
    try (Socket client = ask("GET")) {
      Outlet outlet = outlet();
      byte[] piece = new byte[16 << 10];
      int sent = 0;
      while (!outlet.ended().isDone() && sent < 4096) {
        outlet.write(piece);
        sent++;
      }
      outlet.ended().get(SECONDS, TimeUnit.SECONDS);
      assertThat(sent).as("what the system keeps, and 256 KiB more").isGreaterThan(16);
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void aClientThatIsGoneIsNoticedWithoutAWrite() throws Exception {
    for (boolean reset : new boolean[] {true, false}) {
      Outlet outlet;
      try (Socket client = ask("GET")) {
        outlet = outlet();
        outlet.write(bytes("."));
        assertThat(client.getInputStream().read()).isEqualTo('H');
        client.setSoLinger(reset, 0);
      }
      outlet.ended().get(SECONDS, TimeUnit.SECONDS);
    }
  }

  @Test
  void manyListenersHoldNoThread() throws Exception {
    List<Socket> clients = new ArrayList<>();
    try {
      int before = Thread.activeCount();
      for (int i = 0; i < 200; i++) {
        clients.add(ask("GET"));
        outlet().write(bytes("."));
      }
      assertThat(Thread.activeCount() - before).isLessThanOrEqualTo(16);
      for (Socket client : clients) {
        client.getInputStream().read();
      }
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }
}
