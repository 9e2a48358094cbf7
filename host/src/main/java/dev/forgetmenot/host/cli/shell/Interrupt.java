package dev.forgetmenot.host.cli.shell;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C: the running command is asked to stop between two steps, and the process waits until it
 * has cleaned up. Without waiting the JVM would end in the middle of a file.
 */
public final class Interrupt implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);

  private Interrupt() {}

  /** Listens from now on until the process ends. */
  public static Interrupt listen() {
    Interrupt interrupt = new Interrupt();
    Runtime.getRuntime().addShutdownHook(new Thread(interrupt::request, "fmn-interrupt"));
    return interrupt;
  }

  private void request() {
    requested.set(true);
    try {
      boolean inTime = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!inTime) {
        Runtime.getRuntime().halt(ExitCodes.STOPPED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the user wants the command to stop. */
  public boolean requested() {
    return requested.get();
  }

  /** Says that the command has ended. */
  @Override
  public void close() {
    ended.countDown();
  }
}
