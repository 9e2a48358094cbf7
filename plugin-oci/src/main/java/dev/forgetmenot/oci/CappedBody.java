package dev.forgetmenot.oci;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Reads a body up to a number of bytes, whatever the server says of its length. What cannot be
 * taken here ends as {@link UncheckedIOException}, so that it is told from what the network does.
 */
final class CappedBody implements BodySubscriber<byte[]> {
  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  private final ByteSink sink;
  private final long largest;
  private final boolean cut;
  private final Pace pace;
  private Flow.Subscription subscription;
  private long taken;

  /**
   * A body.
   *
   * @param cut whether more than the largest is left out, as of the text of an error; else it fails
   */
  CappedBody(ByteSink sink, long largest, boolean cut, Pace pace) {
    this.sink = sink;
    this.largest = largest;
    this.cut = cut;
    this.pace = pace;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      if (result.isDone()) {
        return;
      }
      pace.moved(part.remaining());
      take(part);
    }
  }

  private void take(ByteBuffer part) {
    if (part.remaining() > largest - taken) {
      subscription.cancel();
      if (cut) {
        result.complete(sink.content());
      } else {
        result.completeExceptionally(
            new RemoteFailure(
                Message.of(
                    "%s answers with more than the %s that were expected: this is not what was"
                        + " asked for",
                    pace.host(), ByteSizes.of(largest))));
      }
      return;
    }
    taken += part.remaining();
    try {
      sink.take(part);
    } catch (IOException e) {
      subscription.cancel();
      result.completeExceptionally(new UncheckedIOException(e));
    }
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    result.complete(sink.content());
  }
}
