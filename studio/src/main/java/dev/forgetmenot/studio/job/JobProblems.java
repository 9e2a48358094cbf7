package dev.forgetmenot.studio.job;

import static java.util.stream.Collectors.joining;

import dev.forgetmenot.host.cli.shell.Failure;
import java.util.function.Function;

/**
 * What is told of an exception that ended a job: the code and the sentences that the command line
 * has, without places of the server.
 *
 * @param shown leaves the places out
 */
public record JobProblems(ShownText shown) implements Function<Throwable, Problem> {
  @Override
  public Problem apply(Throwable failure) {
    String sentences =
        Failure.message(failure, "").lines().map(String::strip).collect(joining(" "));
    return new Problem(Failure.of(failure).code(), shown.of(sentences));
  }
}
