package dev.forgetmenot.host.cli.shell;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C: at the first the running command is asked to stop between two steps, and the process
 * waits as long as the step takes, so that its state can be saved. At the second the process ends
 * at once, with what was saved before.
 */
public final class Interrupt implements AutoCloseable {
  private static final String SIGNAL = "sun.misc.Signal";

  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Console console;

  private Interrupt(Console console) {
    this.console = console;
  }

  /**
   * Listens from now on until the process ends.
   *
   * @param console gets a note that the command was asked to stop
   */
  public static Interrupt listen(Console console) {
    Interrupt interrupt = new Interrupt(console);
    Runtime.getRuntime().addShutdownHook(new Thread(interrupt::request, "fmn-interrupt"));
    return interrupt;
  }

  private void request() {
    if (ended.getCount() == 0) {
      return; // the process ends by itself
    }
    requested.set(true);
    List.of("INT", "TERM").forEach(Interrupt::endAtOnceBy);
    console.note("stopping when this step is done; Ctrl-C again stops at once");
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends the process at the next signal of this name. By reflection, since javac warns of the class
   * and nothing else receives a signal while the JVM ends.
   */
  private static void endAtOnceBy(String name) {
    try {
      Class<?> signal = Class.forName(SIGNAL);
      Class<?> handler = Class.forName(SIGNAL + "Handler");
      Object halting =
          Proxy.newProxyInstance(
              Interrupt.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  Runtime.getRuntime().halt(ExitCodes.STOPPED);
                }
                return null;
              });
      Object number = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, number, halting);
    } catch (ReflectiveOperationException e) {
      // A JVM without that class, or that keeps the signal to itself: the first one counts.
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
