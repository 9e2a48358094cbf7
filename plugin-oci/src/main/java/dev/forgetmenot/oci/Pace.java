package dev.forgetmenot.oci;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast bytes of one call come and go. A server that sends one now and then would hold a client
 * for ever. The bytes are counted on other threads than the one that checks.
 */
final class Pace {
  private final String host;
  private final Patience patience;
  private final long began = System.nanoTime();
  private final AtomicLong moved = new AtomicLong();
  private volatile long last = began;

  Pace(String host, Patience patience) {
    this.host = host;
    this.patience = patience;
  }

  String host() {
    return host;
  }

  void moved(long bytes) {
    moved.addAndGet(bytes);
    last = System.nanoTime();
  }

  /**
   * Ends a call that does not come on.
   *
   * @throws RemoteFailure if the server is too slow
   */
  void check() throws RemoteFailure {
    long now = System.nanoTime();
    Duration whole = Duration.ofNanos(now - began);
    if (now - last > patience.idle().toNanos()) {
      throw new RemoteFailure(
          Message.of(
              "%s has neither sent nor taken a byte for %d seconds: try again later",
              host, patience.idle().toSeconds()));
    }
    if (whole.compareTo(patience.idle()) > 0
        && moved.get() < patience.slowest() * whole.toSeconds()) {
      throw new RemoteFailure(
          Message.of(
              "%s has moved %d bytes in %d seconds, which is less than %d bytes a second: try again"
                  + " later",
              host, moved.get(), whole.toSeconds(), patience.slowest()));
    }
  }
}
