package dev.forgetmenot.studio.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.Outlet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  private final EventStream stream = new EventStream("1", "e", 50);

  @AfterEach
  void stop() {
    stream.close();
  }

  /** Keeps what it gets. */
  private static final class Kept implements Outlet {
    private final List<byte[]> pieces = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    @Override
    public void write(byte[] piece) {
      pieces.add(piece);
    }

    @Override
    public void end() {
      ended.complete(null);
    }

    @Override
    public CompletableFuture<Void> ended() {
      return ended;
    }
  }

  private Kept listen() throws HttpProblem {
    Kept kept = new Kept();
    stream.listen(Optional.empty()).stream().orElseThrow().accept(kept);
    return kept;
  }

  private void settle() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    stream.then(done::countDown);
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void allGetTheSameBytes() throws Exception {
    Kept one = listen();
    Kept other = listen();
    stream.send("job", new JsonObject());
    settle();
    assertThat(one.pieces).hasSizeGreaterThanOrEqualTo(3);
    assertThat(other.pieces).anyMatch(piece -> piece == one.pieces.get(2));
    assertThat(new String(one.pieces.get(0), StandardCharsets.UTF_8)).isEqualTo("retry: 1000\n\n");
  }

  @Test
  void aLineComesAgainAndAgainWhereNothingHappens() throws Exception {
    Kept one = listen();
    Thread.sleep(400);
    assertThat(one.pieces).hasSizeBetween(4, 12);
    assertThat(one.pieces.get(3)).asString().isEqualTo(":\n\n");
  }

  @Test
  void moreThan256AreRefusedUntilOneEnds() throws Exception {
    List<Kept> all = new ArrayList<>();
    for (int i = 0; i < EventStream.LISTENERS; i++) {
      all.add(listen());
    }
    settle();
    assertThatThrownBy(this::listen)
        .isInstanceOfSatisfying(
            HttpProblem.class, refused -> assertThat(refused.status()).isEqualTo(429));
    all.get(7).end();
    settle();
    settle();
    assertThat(listen().ended).isNotDone();
  }
}
