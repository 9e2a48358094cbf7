package dev.forgetmenot.studio.http;

import java.util.List;

/** Routes below one prefix, with one form of refusals. */
public interface Api {
  /** What its paths begin with, such as {@code /api/v1/}. */
  String prefix();

  /** Its routes; the first that fits answers. */
  List<Route> routes();

  /** The answer that says why a request is refused. */
  HttpAnswer refusal(HttpProblem problem);
}
