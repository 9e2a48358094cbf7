package dev.forgetmenot.studio.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Some routes, whose refusals are their codes as text. */
record FixedApi(List<Route> routes) implements Api {
  static FixedApi of(Route... routes) {
    return new FixedApi(List.of(routes));
  }

  @Override
  public String prefix() {
    return "/";
  }

  @Override
  public HttpAnswer refusal(HttpProblem problem) {
    byte[] body = problem.code().getBytes(StandardCharsets.UTF_8);
    return new HttpAnswer(problem.status(), "text/plain", body, problem.headers());
  }
}
