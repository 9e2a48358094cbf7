package dev.forgetmenot.oci;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;

/**
 * A body that says how much of it has gone out.
 *
 * @param body the bytes
 * @param gone gets the number of bytes of each part; on other threads
 */
record CountedBody(BodyPublisher body, LongConsumer gone) implements BodyPublisher {
  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
    body.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
          }

          @Override
          public void onNext(ByteBuffer part) {
            gone.accept(part.remaining());
            to.onNext(part);
          }

          @Override
          public void onError(Throwable failure) {
            to.onError(failure);
          }

          @Override
          public void onComplete() {
            to.onComplete();
          }
        });
  }
}
