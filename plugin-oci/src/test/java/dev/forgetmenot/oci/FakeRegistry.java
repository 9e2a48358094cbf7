package dev.forgetmenot.oci;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A registry in this process, called localhost, that can be told to answer wrongly. The same server
 * by the name 127.0.0.1 is another host.
 */
final class FakeRegistry implements AutoCloseable {
  static final String PREFIX = "/v2/a/b/";

  /** What came, in order. */
  record Request(String method, String path, String host, String authorization) {}

  final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
  final List<Request> requests = new CopyOnWriteArrayList<>();

  private final Map<String, HttpHandler> others = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String named(String tagOrDigest) {
    return "localhost:" + port() + "/a/b" + tagOrDigest;
  }

  /** This server as another host. */
  String elsewhere(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /** Answers calls of a method and a beginning of a path in another way. */
  void on(String method, String path, HttpHandler handler) {
    others.put(method + " " + path, handler);
  }

  /** Lets only those in who send this header, and asks others by a challenge. */
  void ask(String authorization, String challenge) {
    on(
        "",
        PREFIX,
        exchange -> {
          if (authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            serve(exchange);
          } else {
            exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
            answer(exchange, 401, text("{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}"));
          }
        });
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            path,
            exchange.getRequestHeaders().getFirst("Host"),
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
    try (exchange) {
      for (Map.Entry<String, HttpHandler> other : others.entrySet()) {
        String method = other.getKey().split(" ", 2)[0];
        if ((method.isEmpty() || method.equals(exchange.getRequestMethod()))
            && path.startsWith(other.getKey().split(" ", 2)[1])) {
          other.getValue().handle(exchange);
          return;
        }
      }
      serve(exchange);
    }
  }

  void serve(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String last = path.substring(path.lastIndexOf('/') + 1);
    if (!path.startsWith(PREFIX)) {
      answer(exchange, 404, new byte[0]);
    } else if (method.equals("POST")) {
      exchange.getResponseHeaders().set("Location", PREFIX + "blobs/uploads/7?state=x");
      answer(exchange, 202, new byte[0]);
    } else if (method.equals("PUT")) {
      String digest = exchange.getRequestURI().getQuery();
      if (path.contains("/manifests/")) {
        manifests.put(last, body);
        manifests.put(Descriptor.of("", body).digest(), body);
      } else if (Descriptor.of("", body)
          .digest()
          .equals(digest.replaceFirst("state=x&digest=", ""))) {
        blobs.put(Descriptor.of("", body).digest(), body);
      }
      answer(exchange, 201, new byte[0]);
    } else {
      byte[] found = (path.contains("/manifests/") ? manifests : blobs).get(last);
      answer(exchange, found == null ? 404 : 200, found == null ? new byte[0] : found);
    }
  }

  /** Bytes with their length; none of a HEAD. */
  static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, none ? -1 : body.length);
    if (!none) {
      exchange.getResponseBody().write(body);
    }
  }

  static HttpHandler redirect(String location) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", location);
      answer(exchange, 307, new byte[0]);
    };
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
