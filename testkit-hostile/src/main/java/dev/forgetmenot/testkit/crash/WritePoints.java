package dev.forgetmenot.testkit.crash;

/**
 * Counts what is written, and ends the process, or what stands for it, at one of the points. From
 * there on nothing is written any more, also not by those who want to clean up.
 */
public final class WritePoints {
  /** What an ended process is for the thread that stands for it. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed(long point) {
      super("killed at write point " + point);
    }
  }

  private final long last;
  private final boolean halt;
  private long points;

  private WritePoints(long last, boolean halt) {
    this.last = last;
    this.halt = halt;
  }

  /** Only counts. */
  public static WritePoints counting() {
    return new WritePoints(Long.MAX_VALUE, false);
  }

  /**
   * Throws {@link Killed} at a point and at everything that follows.
   *
   * @param point from 1
   */
  public static WritePoints throwingAt(long point) {
    return new WritePoints(point, false);
  }

  /**
   * Ends the Java process at a point, without its shutdown hooks.
   *
   * @param point from 1
   */
  public static WritePoints haltingAt(long point) {
    return new WritePoints(point, true);
  }

  /** How many there were. */
  public synchronized long count() {
    return points;
  }

  /** Half of something is written at a point: whether this is the last. */
  synchronized boolean isLast() {
    return points + 1 == last;
  }

  /** A point is reached, before anything of it is written. */
  synchronized void reach() {
    points++;
    if (points >= last) {
      if (halt) {
        Runtime.getRuntime().halt(137);
      }
      throw new Killed(points);
    }
  }
}
