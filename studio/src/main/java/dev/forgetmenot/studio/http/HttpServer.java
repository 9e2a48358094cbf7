package dev.forgetmenot.studio.http;

import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A server. Any thread. */
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
   * Starts a server on this machine alone.
   *
   * @param port 0 for any that is free
   * @param allowedHosts names beside those of this machine under which it may be asked
   * @throws IOException if the port is taken; the message says what to do
   */
  public static HttpServer start(
      int port, Set<String> allowedHosts, AccessToken token, List<Api> apis) throws IOException {
    Listening here =
        new Listening(InetAddress.getLoopbackAddress(), port, allowedHosts, Optional.empty());
    return start(here, token, apis);
  }

  /**
   * Starts a server.
   *
   * @param token of who may ask
   * @param apis what it answers
   * @throws IOException if the port is taken; the message says what to do
   */
  public static HttpServer start(Listening where, AccessToken token, List<Api> apis)
      throws IOException {
    return start(where, token, apis, SlowClients.PATIENCE);
  }

  /** The same with another time for clients to send a header. */
  static HttpServer start(Listening where, AccessToken token, List<Api> apis, Duration patience)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setName("fmn-http");
    threads.setDaemon(true);
    Server server = new Server(threads);
    ServerConnector connector = new ServerConnector(server, 1, 1, protocols(where));
    connector.setHost(where.address().getHostAddress());
    connector.setPort(where.port());
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
    try {
      connector.open();
      ServerNames names = ServerNames.of(where, connector.getLocalPort());
      server.setHandler(new RequestHandler(names, token, apis));
      server.setErrorHandler(RequestHandler::unreadable);
      server.start();
    } catch (IOException e) {
      throw new IOException(
          Message.of(
              "port %s of %s cannot be used (%s); choose another one by --port, or 0 for any",
              where.port(), where.address().getHostAddress(), e.getMessage()),
          e);
    } catch (Exception e) { // what LifeCycle declares
      throw new IOException("the server does not start: " + e.getMessage(), e);
    }
    new SlowClients(connector, patience).watch();
    return new HttpServer(server, connector);
  }

  /** How HTTP is read and written. */
  static HttpConfiguration configuration() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(false);
    configuration.setRequestHeaderSize(HEADER_BYTES);
    return configuration;
  }

  private static ConnectionFactory[] protocols(Listening where) {
    HttpConnectionFactory http = new HttpConnectionFactory(configuration());
    if (where.tls().isEmpty()) {
      return new ConnectionFactory[] {http};
    }
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(where.tls().get());
    tls.setKeyStorePassword(TlsFiles.PASSWORD);
    SslConnectionFactory https = new SslConnectionFactory(tls, http.getProtocol());
    https.setEnsureSecureRequestCustomizer(false); // whose names are allowed is checked here alone
    return new ConnectionFactory[] {https, http};
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
