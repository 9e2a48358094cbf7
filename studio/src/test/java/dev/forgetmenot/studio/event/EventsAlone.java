package dev.forgetmenot.studio.event;

import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.Route;
import java.util.List;

/** The status and the events alone. */
public record EventsAlone(ServerEvents events) implements Api {
  @Override
  public String prefix() {
    return "/api/v1/";
  }

  @Override
  public List<Route> routes() {
    return events.below(prefix());
  }

  @Override
  public HttpAnswer refusal(HttpProblem problem) {
    return new HttpAnswer(problem.status(), "text/plain", new byte[0], problem.headers());
  }
}
