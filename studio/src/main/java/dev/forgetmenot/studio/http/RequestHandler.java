package dev.forgetmenot.studio.http;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides who may ask, and lets the routes answer. */
final class RequestHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
  private static final int FREE_TRIES = 10;
  private static final int UPLOADS = 4;
  private static final Set<String> READING = Set.of("GET", "HEAD");

  private static final byte[] UNREADABLE =
      "this is no request that the server reads\n".getBytes(StandardCharsets.UTF_8);

  /** Browsers take nothing of an answer for a page, and show it to no other site. */
  private static final Map<String, String> ALWAYS =
      Map.of(
          "Cache-Control", "no-store",
          "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Referrer-Policy", "no-referrer",
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY");

  private final ServerNames names;
  private final AccessToken token;
  private final List<Served> apis;
  private final AtomicInteger wrongTokens = new AtomicInteger();
  private final Semaphore uploads = new Semaphore(UPLOADS);

  RequestHandler(ServerNames names, AccessToken token, List<Api> apis) {
    this.names = names;
    this.token = token;
    this.apis = apis.stream().map(Served::of).toList();
  }

  /**
   * An API and its routes, which stay the same.
   *
   * @param fixed those without names, by their paths: most requests are for one of them
   * @param named the others
   */
  private record Served(Api api, Map<String, List<Route>> fixed, List<Route> named) {
    static Served of(Api api) {
      Map<Boolean, List<Route>> routes =
          api.routes().stream()
              .collect(Collectors.partitioningBy(route -> route.path().contains("{")));
      Map<String, List<Route>> fixed =
          routes.get(false).stream().collect(Collectors.groupingBy(Route::path));
      return new Served(api, Map.copyOf(fixed), routes.get(true));
    }

    /** Those that have a path, of any method. */
    List<Route> at(String path) {
      List<Route> here = fixed.get(path);
      return here == null
          ? named.stream().filter(route -> route.match(path).isPresent()).toList()
          : here;
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String host = Optional.ofNullable(request.getHeaders().get(HttpHeader.HOST)).orElse("");
    if (!names.allow(host)) {
      response.setStatus(421);
      callback.succeeded();
      return true;
    }
    String path = Optional.ofNullable(request.getHttpURI().getDecodedPath()).orElse("/");
    Served served = served(path);
    Api api = served.api();
    CompletableFuture<HttpAnswer> answer;
    try {
      answer = answer(request, host, path, served.at(path));
    } catch (HttpProblem | RuntimeException e) { // Jetty reads cookies and queries when asked
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer
            .exceptionallyCompose(failure -> refused(api, problem(failure)))
            .thenAccept(ready -> send(request, response, callback, ready));
    return true;
  }

  /** A refusal; after some wrong tokens it takes a while. */
  private CompletableFuture<HttpAnswer> refused(Api api, HttpProblem problem) {
    HttpAnswer said = api.refusal(problem);
    boolean slow = problem.status() == 401 && wrongTokens.incrementAndGet() > FREE_TRIES;
    return slow
        ? new CompletableFuture<HttpAnswer>().completeOnTimeout(said, 1, TimeUnit.SECONDS)
        : CompletableFuture.completedFuture(said);
  }

  /** The API that has the path, or else the first that would. */
  private Served served(String path) {
    List<Served> here = apis.stream().filter(one -> path.startsWith(one.api().prefix())).toList();
    return here.stream()
        .filter(one -> !one.at(path).isEmpty())
        .findFirst()
        .orElse(here.isEmpty() ? apis.get(0) : here.get(0));
  }

  private CompletableFuture<HttpAnswer> answer(
      Request request, String host, String path, List<Route> here) throws HttpProblem {
    String method = request.getMethod();
    Map<String, String> pathNames = new HashMap<>();
    Route route = route(here, method.equals("HEAD") ? "GET" : method, path, pathNames);
    String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    Optional<String> foreign =
        names.foreign(
            !READING.contains(method),
            host,
            request.getHeaders().get(HttpHeader.ORIGIN),
            request.getHeaders().get("Sec-Fetch-Site"),
            authorization != null);
    // A link of another page may lead here: what anyone may read is shown in no frame.
    boolean page = route.access() == Route.Access.ANYONE && READING.contains(method);
    if (foreign.isPresent() && !page) {
      throw new HttpProblem(
          403, "FMN-802", "the request is refused: " + foreign.get() + "; ask from its own page");
    }
    if (route.access() == Route.Access.TOKEN && !hasToken(request, authorization)) {
      // A browser would ask for a password in the midst of a page that asks for the token itself.
      boolean script = "same-origin".equals(request.getHeaders().get("Sec-Fetch-Site"));
      throw new HttpProblem(
          401,
          "FMN-801",
          "the token is missing or wrong: give the one that the server printed, as bearer, or as the"
              + " password of any user name",
          script ? Map.of() : Map.of("WWW-Authenticate", "Basic realm=\"fmn\""));
    }
    checkBody(request, route);
    Runnable done = largeBody(request) ? uploads() : () -> {};
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    Content.Source.asByteArrayAsync(
        request,
        route.mostBytes(),
        Promise.Invocable.from(
            Invocable.InvocationType.BLOCKING,
            body::complete,
            failure -> body.completeExceptionally(unread(failure, route))));
    return body.whenComplete((bytes, failure) -> done.run())
        .thenCompose(
            bytes ->
                answer(
                    route,
                    new HttpCall(
                        names.port(),
                        names.tls(),
                        path,
                        pathNames,
                        query(request),
                        headers(request),
                        bytes)));
  }

  /** Whether a body is held in memory that others may need. */
  private static boolean largeBody(Request request) {
    return request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
        || request.getLength() > Route.USUAL_BYTES;
  }

  /** Begins to take a large body; what is returned ends that. */
  private Runnable uploads() throws HttpProblem {
    if (!uploads.tryAcquire()) {
      throw HttpProblem.busy(UPLOADS + " large bodies are coming already; try again", 2);
    }
    return uploads::release;
  }

  private static CompletableFuture<HttpAnswer> answer(Route route, HttpCall call) {
    try {
      return route.endpoint().answer(call);
    } catch (HttpProblem | IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static Route route(
      List<Route> here, String method, String path, Map<String, String> names) throws HttpProblem {
    if (here.isEmpty()) {
      throw HttpProblem.notFound("there is nothing at this path");
    }
    Route route =
        here.stream()
            .filter(one -> one.method().equals(method))
            .findFirst()
            .orElseThrow(() -> wrongMethod(here));
    names.putAll(route.match(path).orElseThrow());
    return route;
  }

  private static HttpProblem wrongMethod(List<Route> here) {
    String allowed = here.stream().map(Route::method).sorted().collect(Collectors.joining(", "));
    return new HttpProblem(
        405, "FMN-807", "this path takes " + allowed + " alone", Map.of("Allow", allowed));
  }

  private boolean hasToken(Request request, String authorization) {
    if (authorization != null) {
      return token.isIn(authorization);
    }
    return Request.getCookies(request).stream()
        .anyMatch(
            cookie ->
                cookie.getName().equals(HttpCall.cookieName(names.port()))
                    && token.isCookie(cookie.getValue()));
  }

  private static void checkBody(Request request, Route route) throws HttpProblem {
    if (request.getLength() > route.mostBytes()) {
      throw tooLarge(route);
    }
    String type = Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE)).orElse("");
    // Browsers send a DELETE without a body and without a length.
    boolean empty =
        request.getLength() == 0
            || (request.getLength() < 0
                && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING))
            || READING.contains(request.getMethod());
    if (!empty && !type.split(";", 2)[0].strip().equalsIgnoreCase(route.body())) {
      throw new HttpProblem(
          415, "FMN-811", "the body should come with Content-Type: " + route.body());
    }
  }

  /** Why a body did not come: Jetty reads no more than is allowed. */
  private static HttpProblem unread(Throwable failure, Route route) {
    return failure instanceof HttpException || failure instanceof IOException
        ? broken()
        : tooLarge(route);
  }

  private static HttpProblem broken() {
    return new HttpProblem(
        400, "FMN-808", "the request cannot be read: its query, cookies or body are broken");
  }

  private static HttpProblem tooLarge(Route route) {
    return new HttpProblem(
        413, "FMN-804", Message.of("the body may have %s bytes at most", route.mostBytes()));
  }

  private static Map<String, String> query(Request request) {
    Map<String, String> query = new HashMap<>();
    for (Fields.Field field : Request.extractQueryParameters(request)) {
      query.put(field.getName(), field.getValue());
    }
    return query;
  }

  private static Map<String, String> headers(Request request) {
    Map<String, String> headers = new HashMap<>();
    for (String name : HttpCall.HEADERS) {
      Optional.ofNullable(request.getHeaders().get(name))
          .ifPresent(value -> headers.put(name, value));
    }
    return headers;
  }

  /** What is told of an exception that ended a request. */
  private static HttpProblem problem(Throwable thrown) {
    Throwable failure = thrown;
    while (failure instanceof CompletionException && failure.getCause() != null) {
      failure = failure.getCause();
    }
    if (failure instanceof HttpProblem problem) {
      return problem;
    }
    if (failure instanceof HttpException) {
      return broken();
    }
    return switch (Failure.of(failure)) {
      case DISK_FULL ->
          new HttpProblem(
              507,
              "FMN-805",
              "the disk of the server's folder is full: free some space, or start the server with"
                  + " --state on another disk");
      case WRONG_USE -> HttpProblem.unfit(failure.getMessage());
      default -> {
        String id = UlidCreator.getMonotonicUlid().toString();
        LOG.error("request {}", id, failure);
        yield new HttpProblem(
            500,
            Failure.PROGRAM.code(),
            "this is a fault of the program; its log has more under " + id);
      }
    };
  }

  /** Answers what is no request; Jetty's own answer would be a page that shows the path. */
  static boolean unreadable(Request request, Response response, Callback callback) {
    ALWAYS.forEach((name, value) -> response.getHeaders().put(new HttpField(name, value)));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.write(true, ByteBuffer.wrap(UNREADABLE), callback);
    return true;
  }

  private void send(Request request, Response response, Callback callback, HttpAnswer answer) {
    response.setStatus(answer.status());
    ALWAYS.forEach((name, value) -> response.getHeaders().put(new HttpField(name, value)));
    answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    boolean head = request.getMethod().equals("HEAD");
    if (answer.status() != 204) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
    }
    if (answer.stream().isPresent() && !head) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close"); // nothing else is read from it
      answer.stream().get().accept(new ResponseOutlet(request, response, callback));
      return;
    }
    if (answer.status() != 204) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
    }
    response.write(true, head ? null : ByteBuffer.wrap(answer.body()), callback);
  }
}
