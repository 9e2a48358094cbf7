package dev.forgetmenot.oci;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Makes calls, one after another: bounded in size and time, stopped when the user wants it, waiting
 * where a server asks for that. Follows no redirect and sends no credentials of its own.
 */
final class HttpCalls {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 50;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT)
          .build();

  private final JobContext context;
  private final Patience patience;

  /**
   * Calls for one job.
   *
   * @param context says whether to stop
   */
  HttpCalls(JobContext context, Patience patience) {
    this.context = context;
    this.patience = patience;
  }

  /**
   * Makes a call, and again where the server asks to come back later.
   *
   * @param authorization the header of that name; empty for none
   * @return any answer but "too many requests"
   * @throws RemoteFailure if there is none in time and size
   * @throws IOException if the answer cannot be kept here
   */
  Answer send(Call call, String authorization) throws IOException {
    for (int tried = 1; ; tried++) {
      Answer answer = once(call, authorization);
      if (answer.status() != Answer.TOO_MANY) {
        return answer;
      }
      Duration pause = pause(answer, tried);
      if (tried == patience.tries() || pause.compareTo(patience.pause()) > 0) {
        throw new RemoteFailure(
            Message.of(
                "%s says for the %d. time that there are too many requests, and to wait %d seconds:"
                    + " try again later",
                call.address().getHost(), tried, pause.toSeconds()));
      }
      sleep(pause);
    }
  }

  /** What the server asks for, in seconds; a time of day is not read. */
  private static Duration pause(Answer answer, int tried) {
    String said = answer.header("Retry-After");
    return said.matches("\\d{1,9}")
        ? Duration.ofSeconds(Long.parseLong(said))
        : Duration.ofSeconds(1L << tried);
  }

  private void sleep(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    try {
      while (System.nanoTime() < end) {
        context.checkCancelled();
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private Answer once(Call call, String authorization) throws IOException {
    Pace pace = new Pace(call.address().getHost(), patience);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(call.address())
            .method(call.method(), new CountedBody(call.body(), pace::moved))
            .header("User-Agent", "fmn");
    call.headers().forEach(request::header);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    CompletableFuture<HttpResponse<byte[]>> future =
        client.sendAsync(request.build(), head -> body(call, head, pace));
    try {
      HttpResponse<byte[]> answer = await(future, pace);
      return new Answer(answer.statusCode(), answer.headers(), answer.body(), call.address());
    } catch (ExecutionException e) {
      throw failure(call, e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      end(future);
    }
  }

  /** Ends an exchange that is still going on. */
  @SuppressWarnings("Interruption") // HttpClient ends an exchange by this alone
  private static void end(Future<?> exchange) {
    exchange.cancel(true);
  }

  private <T> T await(CompletableFuture<T> future, Pace pace)
      throws IOException, ExecutionException, InterruptedException {
    while (true) {
      try {
        return future.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        context.checkCancelled();
        pace.check();
      }
    }
  }

  private static BodySubscriber<byte[]> body(Call call, HttpResponse.ResponseInfo head, Pace pace) {
    pace.moved(0);
    if (head.statusCode() != Answer.OK) {
      return new CappedBody(new ByteSink.Memory(), Call.SMALL, true, pace);
    }
    if (call.method().equals("HEAD")) {
      return BodySubscribers.replacing(new byte[0]);
    }
    try {
      return new CappedBody(call.sink().open(), call.largest(), false, pace);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IOException failure(Call call, Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null && !(cause instanceof RemoteFailure)) {
      if (cause instanceof UncheckedIOException here) {
        return here.getCause();
      }
      cause = cause.getCause();
    }
    if (cause instanceof RemoteFailure known) {
      return known;
    }
    String remedy =
        thrown instanceof ConnectException
            ? "check its name and port, and whether it runs"
            : thrown instanceof SSLException
                ? "it does not speak HTTPS, or its certificate is not one that this Java trusts;"
                    + " --plain-http is for a registry without HTTPS"
                : "check the network, or try again later";
    String said =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new RemoteFailure(
        Message.of(
            "%s does not answer as it should (%s): %s", Origin.of(call.address()), said, remedy),
        thrown);
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("the thread was interrupted while a server was waited for", e);
  }
}
