package dev.forgetmenot.oci;

import java.time.Duration;

/**
 * How long a server is waited for.
 *
 * @param idle longest time without a byte, and the time after which a slow server is measured
 * @param slowest bytes a second that a server must come to on average
 * @param pause longest wait that a server may ask for
 * @param tries how often a call is made that is answered with a wait
 */
record Patience(Duration idle, long slowest, Duration pause, int tries) {
  static final Patience USUAL =
      new Patience(Duration.ofSeconds(120), 1024, Duration.ofSeconds(60), 5);
}
