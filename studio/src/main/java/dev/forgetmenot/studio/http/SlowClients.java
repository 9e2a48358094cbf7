package dev.forgetmenot.studio.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * Closes connections whose clients send their headers or bodies byte by byte: Jetty's idle timeout
 * begins anew with each of them. Looks at all connections ten times in the time that they have. One
 * thread.
 */
final class SlowClients {
  /** Time for the header of a request, from its first byte, and of the first one from the start. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Bytes a second of a body, measured when {@link #PATIENCE} is over. */
  private static final double RATE = 1000;

  private final ServerConnector connector;
  private final long patience;
  private final Map<EndPoint, Seen> seen = new HashMap<>();

  SlowClients(ServerConnector connector, Duration patience) {
    this.connector = connector;
    this.patience = patience.toNanos();
  }

  /** What a connection waits for. */
  private enum Part {
    HEADER,
    BODY
  }

  /**
   * When a part of a request was seen first.
   *
   * @param request its number on the connection
   * @param since in nanoseconds
   * @param bytes that had come then
   */
  private record Seen(Part part, long request, long since, long bytes) {}

  /** Looks from now on, until the connector stops. */
  void watch() {
    connector
        .getScheduler()
        .schedule(
            () -> {
              look(connector.getConnectedEndPoints(), System.nanoTime());
              watch();
            },
            patience / 10,
            TimeUnit.NANOSECONDS);
  }

  private void look(Collection<EndPoint> all, long now) {
    seen.keySet().retainAll(new HashSet<>(all));
    for (EndPoint one : all) {
      if (http(one.getConnection()) instanceof HttpConnection connection) {
        look(one, connection, now);
      }
    }
  }

  private static Connection http(Connection connection) {
    return connection instanceof SslConnection tls
        ? tls.getSslEndPoint().getConnection()
        : connection;
  }

  private void look(EndPoint one, HttpConnection connection, long now) {
    Part part = part(connection);
    Seen before = seen.get(one);
    if (part == null) {
      seen.remove(one);
    } else if (before == null
        || before.part != part
        || before.request != connection.getMessagesIn()) {
      seen.put(one, new Seen(part, connection.getMessagesIn(), now, connection.getBytesIn()));
    } else if (now - before.since > patience
        && (part == Part.HEADER
            || connection.getBytesIn() - before.bytes < RATE * (now - before.since) / 1e9)) {
      one.close(new IOException("the client is too slow"));
    }
  }

  /** Null where nothing is waited for, or the next request of a connection that had one. */
  private static Part part(HttpConnection connection) {
    if (connection.getParser().isStart()) {
      return connection.getMessagesIn() == 0 ? Part.HEADER : null;
    }
    if (connection.getParser().inHeaderState()) {
      return Part.HEADER;
    }
    return connection.getParser().inContentState() ? Part.BODY : null;
  }
}
