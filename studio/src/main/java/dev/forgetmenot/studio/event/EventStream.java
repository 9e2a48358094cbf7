package dev.forgetmenot.studio.event;

import com.google.gson.JsonObject;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.Outlet;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Events for any number of listeners, of which at most 256 are heard. Each is encoded once, and all
 * get the same bytes, from one thread. Any thread may call.
 */
final class EventStream implements AutoCloseable {
  /** How many listen at most. */
  static final int LISTENERS = 256;

  /** Time between two lines that say nothing, so that neither side takes the other for gone. */
  static final long BEAT_MILLIS = 15_000;

  private static final byte[] BEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] RETRY = "retry: 1000\n\n".getBytes(StandardCharsets.UTF_8);

  private final String version;
  private final EventRing ring;
  private final Set<Outlet> listeners = new HashSet<>(); // of the thread below alone
  private volatile boolean full;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread events = new Thread(task, "fmn-events");
            events.setDaemon(true);
            return events;
          },
          new ThreadPoolExecutor.DiscardPolicy()); // after close() nothing is told any more

  /**
   * A stream without listeners.
   *
   * @param version of the program, which listeners are told
   * @param epoch of this start of the program
   * @param beatMillis usually {@link #BEAT_MILLIS}
   */
  EventStream(String version, String epoch, long beatMillis) {
    this.version = version;
    this.ring = new EventRing(epoch);
    every(beatMillis, this::beat);
  }

  /** Does something again and again on the thread of the stream; it is not to throw. */
  void every(long milliseconds, Runnable task) {
    var unused =
        thread.scheduleAtFixedRate(task, milliseconds, milliseconds, TimeUnit.MILLISECONDS);
  }

  /** Does something on the thread of the stream, after what was asked for before. */
  void then(Runnable task) {
    thread.execute(task);
  }

  private void beat() {
    listeners.forEach(listener -> listener.write(BEAT));
  }

  /** Sends an event to all. */
  void send(String name, JsonObject data) {
    then(
        () -> {
          byte[] event = ring.add(name, data.toString());
          List.copyOf(listeners).forEach(listener -> listener.write(event));
        });
  }

  /**
   * The answer of who listens from now on: {@code hello}, then what was missed, or {@code reset}
   * where that is not known any more.
   *
   * @param lastId of the newest event that a listener has, if it comes back
   * @throws HttpProblem if too many listen already
   */
  HttpAnswer listen(Optional<String> lastId) throws HttpProblem {
    if (full) {
      throw HttpProblem.busy(LISTENERS + " listen already; ask for the status instead", 2);
    }
    return HttpAnswer.streamed(
        "text/event-stream", outlet -> then(() -> begin(outlet, lastId.orElse(""))));
  }

  private void begin(Outlet outlet, String lastId) {
    if (listeners.size() >= LISTENERS) {
      outlet.end();
      return;
    }
    listeners.add(outlet);
    full = listeners.size() >= LISTENERS;
    var unused = outlet.ended().thenRun(() -> then(() -> forget(outlet)));
    outlet.write(RETRY);
    Optional<String> id = lastId.isEmpty() ? Optional.of(ring.id()) : Optional.empty();
    outlet.write(EventRing.encoded(id, "hello", hello().toString()));
    if (!lastId.isEmpty()) {
      ring.after(lastId)
          .ifPresentOrElse(
              missed -> missed.forEach(outlet::write), () -> outlet.write(reset(lastId)));
    }
  }

  private JsonObject hello() {
    JsonObject hello = new JsonObject();
    hello.addProperty("version", version);
    hello.addProperty("epoch", ring.epoch());
    hello.addProperty("seq", ring.last());
    return hello;
  }

  private byte[] reset(String lastId) {
    JsonObject why = new JsonObject();
    why.addProperty("reason", ring.isOfThisStart(lastId) ? "gap" : "restart");
    return EventRing.encoded(Optional.of(ring.id()), "reset", why.toString());
  }

  private void forget(Outlet outlet) {
    listeners.remove(outlet);
    full = listeners.size() >= LISTENERS;
  }

  /** Ends the answers of all listeners, which come back if the server does. */
  @Override
  public void close() {
    then(() -> List.copyOf(listeners).forEach(Outlet::end));
    thread.shutdown();
  }
}
