package dev.forgetmenot.studio.http;

import java.util.Map;

/** Why a request is refused. */
public final class HttpProblem extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final Map<String, String> headers;

  /**
   * A refusal.
   *
   * @param code such as {@code FMN-807}
   * @param detail what happened, what was expected and what to do
   */
  public HttpProblem(int status, String code, String detail) {
    this(status, code, detail, Map.of());
  }

  /** A refusal with headers of the answer. */
  public HttpProblem(int status, String code, String detail, Map<String, String> headers) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = Map.copyOf(headers);
  }

  /** There is nothing of that name. */
  public static HttpProblem notFound(String detail) {
    return new HttpProblem(404, "FMN-807", detail);
  }

  /** The body is not what the endpoint takes. */
  public static HttpProblem unfit(String detail) {
    return new HttpProblem(422, "FMN-808", detail);
  }

  /** Too many jobs wait. */
  public static HttpProblem busy(String detail, long seconds) {
    return new HttpProblem(429, "FMN-803", detail, Map.of("Retry-After", Long.toString(seconds)));
  }

  /** The status of the answer. */
  public int status() {
    return status;
  }

  /** The stable code. */
  public String code() {
    return code;
  }

  /** Headers of the answer. */
  public Map<String, String> headers() {
    return headers;
  }
}
