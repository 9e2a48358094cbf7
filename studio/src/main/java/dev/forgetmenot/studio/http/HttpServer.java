package dev.forgetmenot.studio.http;

import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A server on the loopback address. Any thread. */
public final class HttpServer implements AutoCloseable {
  private static final int THREADS = 16;
  private static final int CONNECTIONS = 512;
  private static final int IDLE_MILLIS = 30_000;
  private static final int HEADER_BYTES = 8 << 10;

  private final Server server;
  private final ServerConnector connector;

  private HttpServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Starts a server.
   *
   * @param port 0 for any that is free
   * @param allowedHosts names beside those of this machine under which it may be asked
   * @param token of who may ask
   * @param apis what it answers
   * @throws IOException if the port is taken; the message says what to do
   */
  public static HttpServer start(
      int port, Set<String> allowedHosts, AccessToken token, List<Api> apis) throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setName("fmn-http");
    threads.setDaemon(true);
    Server server = new Server(threads);
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(false);
    configuration.setRequestHeaderSize(HEADER_BYTES);
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
    try {
      connector.open();
      ServerNames names = new ServerNames(connector.getLocalPort(), allowedHosts);
      server.setHandler(new RequestHandler(names, token, apis));
      server.start();
    } catch (IOException e) {
      throw new IOException(
          Message.of(
              "port %s cannot be used (%s); choose another one by --port, or 0 for any",
              port, e.getMessage()),
          e);
    } catch (Exception e) { // what LifeCycle declares
      throw new IOException("the server does not start: " + e.getMessage(), e);
    }
    return new HttpServer(server, connector);
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) { // what LifeCycle declares
      throw new IOException("the server does not stop: " + e.getMessage(), e);
    }
  }
}
