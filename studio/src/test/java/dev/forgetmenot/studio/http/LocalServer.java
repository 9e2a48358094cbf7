package dev.forgetmenot.studio.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;

/** A server that is asked by bytes in memory, without a socket, under 127.0.0.1:7860. */
public final class LocalServer implements AutoCloseable {
  /** The port of its names. */
  public static final int PORT = 7860;

  private final Server server = new Server();
  private final LocalConnector connector =
      new LocalConnector(server, new HttpConnectionFactory(HttpServer.configuration()));

  /** Starts it with a token. */
  public LocalServer(AccessToken token, List<Api> apis) throws Exception {
    server.addConnector(connector);
    server.setHandler(new RequestHandler(new ServerNames(PORT, Set.of()), token, apis));
    server.setErrorHandler(RequestHandler::unreadable);
    server.start();
  }

  /** Sends bytes and then nothing more; the answer, or empty if none comes in time. */
  public Optional<String> ask(byte[] request, long milliseconds) throws Exception {
    boolean head = new String(request, 0, 4, StandardCharsets.ISO_8859_1).equals("HEAD");
    try (LocalConnector.LocalEndPoint client = connector.connect()) {
      client.addInput(ByteBuffer.wrap(request));
      client.addInputEOF();
      return Optional.ofNullable(client.getResponse(head, milliseconds, TimeUnit.MILLISECONDS));
    }
  }

  /** Sends a text that is answered. */
  public String ask(String request) throws Exception {
    return ask(request.getBytes(StandardCharsets.ISO_8859_1), 10_000).orElseThrow();
  }

  /** Sends a request with the token {@code secret} and more headers. */
  public String ask(String method, String path, String headers, String body) throws Exception {
    return ask(
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: 127.0.0.1:7860\r\nAuthorization: Bearer secret\r\n"
            + headers
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) { // what LifeCycle declares
      throw new IOException(e);
    }
  }
}
