package dev.forgetmenot.studio.http;

import java.util.concurrent.CompletableFuture;

/**
 * Where an answer goes that is written piece by piece for as long as its client listens. No thread
 * waits for the client. Any thread may call.
 */
public interface Outlet {
  /**
   * Sends a piece after those before it; nothing happens once the answer has ended. A client that
   * does not read is let go: its connection is closed when 256 KiB wait for it.
   *
   * @param piece is not copied, so that all clients may get the same bytes
   */
  void write(byte[] piece);

  /** Ends the answer after what was written. */
  void end();

  /** Is completed when the answer has ended, from whichever side. */
  CompletableFuture<Void> ended();
}
