package dev.forgetmenot.studio.http;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An endpoint and where it is.
 *
 * @param method such as {@code GET}
 * @param path such as {@code /api/v1/jobs/{id}}; a name stands for one segment
 * @param access who may ask
 * @param body the type of a body, such as {@code application/json}
 * @param mostBytes of the body
 * @param endpoint answers
 */
public record Route(
    String method, String path, Access access, String body, int mostBytes, Endpoint endpoint) {
  /** The type of most bodies. */
  public static final String JSON = "application/json";

  /** The type of files that are sent or given as they are. */
  public static final String BINARY = "application/octet-stream";

  static final int USUAL_BYTES = 1 << 20;

  /** Who may ask. */
  public enum Access {
    /** Anyone who reaches the server under its own name. */
    ANYONE,
    /** Who has the token. */
    TOKEN
  }

  /** Answers a request. */
  @FunctionalInterface
  public interface Endpoint {
    /**
     * Answers, at once or later; is not to wait for a job.
     *
     * @throws HttpProblem if the request is refused
     * @throws IOException if a file cannot be read or written
     */
    CompletableFuture<HttpAnswer> answer(HttpCall call) throws HttpProblem, IOException;
  }

  /** An endpoint that answers at once. */
  @FunctionalInterface
  public interface Immediate {
    /** Answers; throws as {@link Endpoint#answer} does. */
    HttpAnswer answer(HttpCall call) throws HttpProblem, IOException;
  }

  /** A route for who has the token, with bodies of at most 1 MiB. */
  public static Route of(String method, String path, Immediate endpoint) {
    return new Route(
        method,
        path,
        Access.TOKEN,
        JSON,
        USUAL_BYTES,
        call -> CompletableFuture.completedFuture(endpoint.answer(call)));
  }

  /** The same for bodies of another size, and an answer that may come later. */
  public static Route later(String method, String path, int mostBytes, Endpoint endpoint) {
    return new Route(method, path, Access.TOKEN, JSON, mostBytes, endpoint);
  }

  /** The same route for anyone. */
  public Route forAnyone() {
    return new Route(method, path, Access.ANYONE, body, mostBytes, endpoint);
  }

  /** The same route with another endpoint. */
  Route answering(Endpoint other) {
    return new Route(method, path, access, body, mostBytes, other);
  }

  /** The same route for bodies of another type and size. */
  public Route taking(String type, int most) {
    return new Route(method, path, access, type, most, endpoint);
  }

  /** What stands for the names of the path; empty if it is another path. */
  Optional<Map<String, String>> match(String asked) {
    List<String> mine = List.of(path.split("/", -1));
    List<String> given = List.of(asked.split("/", -1));
    if (mine.size() != given.size()) {
      return Optional.empty();
    }
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < mine.size(); i++) {
      String own = mine.get(i);
      if (own.startsWith("{") && !given.get(i).isEmpty()) {
        names.put(own.substring(1, own.length() - 1), given.get(i));
      } else if (!own.equals(given.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(names);
  }
}
