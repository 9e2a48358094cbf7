package dev.forgetmenot.studio.load;

import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Listens and asks for the status at a steady rate, until its input ends; then says how often and
 * how fast. Arguments: the port, how many listen, how many requests a second.
 */
final class LoadClient {
  private static final int ASKING = 4; // connections that are kept
  private static final String AUTHORIZED = "Authorization: Bearer secret\r\n\r\n";

  private final int port;
  private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong heard = new AtomicLong();
  private volatile boolean ended;

  private LoadClient(int port) {
    this.port = port;
  }

  public static void main(String[] words) throws Exception {
    LoadClient client = new LoadClient(Integer.parseInt(words[0]));
    client.thread(client::listen, Integer.parseInt(words[1]));
    int rate = Integer.parseInt(words[2]);
    for (int i = 0; i < ASKING; i++) {
      client.thread(client::ask, rate / ASKING);
    }
    long began = System.nanoTime();
    System.in.transferTo(OutputStream.nullOutputStream());
    client.ended = true;
    client.say((System.nanoTime() - began) / 1e9);
    System.exit(0);
  }

  /** Work that may fail on its thread. */
  private interface Work {
    void run(int number) throws IOException, InterruptedException;
  }

  private void thread(Work work, int number) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run(number);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private byte[] request(String path) {
    String head = "GET /api/v1/" + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n";
    return (head + AUTHORIZED).getBytes(StandardCharsets.UTF_8);
  }

  private void listen(int listeners) throws IOException {
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < listeners; i++) {
        SocketChannel channel =
            SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.write(ByteBuffer.wrap(request("events")));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
      }
      ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
      while (!ended) {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          buffer.clear();
          int count = ((SocketChannel) key.channel()).read(buffer);
          if (count < 0) {
            throw new IOException("a stream ended");
          }
          heard.addAndGet(count);
        }
        selector.selectedKeys().clear();
      }
    }
  }

  private void ask(int rate) throws IOException, InterruptedException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      byte[] request = request("status");
      long began = System.nanoTime();
      for (long i = 0; !ended; i++) {
        long wait = began + i * 1_000_000_000L / rate - System.nanoTime();
        if (wait > 0) {
          Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
        }
        long sent = System.nanoTime();
        socket.getOutputStream().write(request);
        readAnswer(socket.getInputStream());
        nanos.add(System.nanoTime() - sent);
      }
    }
  }

  private static void readAnswer(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended");
      }
      head.append((char) next);
    }
    String length = head.substring(head.indexOf("Content-Length: ") + 16);
    in.readNBytes(Integer.parseInt(length.substring(0, length.indexOf("\r"))));
  }

  private void say(double seconds) {
    Object[] sorted = List.copyOf(nanos).stream().sorted().toArray();
    System.out.println(
        Message.of(
            "%.0f requests a second, p50 %.2f ms, p99 %.1f ms, %.0f KB a second heard",
            sorted.length / seconds,
            (Long) sorted[sorted.length / 2] / 1e6,
            (Long) sorted[sorted.length * 99 / 100] / 1e6,
            heard.get() / seconds / 1e3));
  }
}
