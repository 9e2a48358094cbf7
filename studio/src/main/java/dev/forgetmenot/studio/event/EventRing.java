package dev.forgetmenot.studio.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The newest events, for listeners that come back. An event has the id {@code EPOCH-NUMBER}; the
 * epoch is that of the start of the program. One thread.
 */
final class EventRing {
  private static final int PLACES = 4096;

  /** More is not sent again: the client reads everything anew, which is less. */
  private static final int MOST_BYTES = 128 << 10;

  private final String epoch;
  private final Deque<byte[]> kept = new ArrayDeque<>();
  private long last;

  EventRing(String epoch) {
    this.epoch = epoch;
  }

  String epoch() {
    return epoch;
  }

  /** The number of the newest event; 0 before the first. */
  long last() {
    return last;
  }

  /** The id of the newest event. */
  String id() {
    return epoch + "-" + last;
  }

  /**
   * Keeps an event.
   *
   * @param data one line of JSON
   * @return its bytes for all listeners
   */
  byte[] add(String name, String data) {
    last++;
    byte[] event = encoded(Optional.of(id()), name, data);
    kept.add(event);
    if (kept.size() > PLACES) {
      kept.remove();
    }
    return event;
  }

  /**
   * An event as it is sent.
   *
   * @param id empty for one that a listener does not come back to
   */
  static byte[] encoded(Optional<String> id, String name, String data) {
    String text =
        id.map(one -> "id: " + one + "\n").orElse("") + "event: " + name + "\ndata: " + data;
    return (text + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Whether an id is one of this start of the program. */
  boolean isOfThisStart(String id) {
    return id.startsWith(epoch + "-");
  }

  /** The events after one; empty if they are not all here or too many. */
  Optional<List<byte[]>> after(String id) {
    String number = isOfThisStart(id) ? id.substring(epoch.length() + 1) : "";
    if (!number.matches("\\d{1,18}")) {
      return Optional.empty();
    }
    long missed = last - Long.parseLong(number);
    if (missed < 0 || missed > kept.size()) {
      return Optional.empty();
    }
    List<byte[]> events = new ArrayList<>(kept).subList((int) (kept.size() - missed), kept.size());
    return events.stream().mapToLong(event -> event.length).sum() > MOST_BYTES
        ? Optional.empty()
        : Optional.of(events);
  }
}
