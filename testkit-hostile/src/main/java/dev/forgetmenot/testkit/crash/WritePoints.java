package dev.forgetmenot.testkit.crash;

import java.io.IOException;

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
  private final End end;
  private long points;

  /** What happens at the point. */
  private enum End {
    THROW,
    HALT,
    FULL,
    DAMAGE
  }

  private WritePoints(long last, End end) {
    this.last = last;
    this.end = end;
  }

  /** Only counts. */
  public static WritePoints counting() {
    return new WritePoints(Long.MAX_VALUE, End.THROW);
  }

  /**
   * Throws {@link Killed} at a point and at everything that follows.
   *
   * @param point from 1
   */
  public static WritePoints throwingAt(long point) {
    return new WritePoints(point, End.THROW);
  }

  /**
   * Ends the Java process at a point, without its shutdown hooks.
   *
   * @param point from 1
   */
  public static WritePoints haltingAt(long point) {
    return new WritePoints(point, End.HALT);
  }

  /**
   * A disk without room for the content of files from a point on; only such writes are counted.
   * Everything else works.
   *
   * @param point from 1
   */
  public static WritePoints fullAt(long point) {
    return new WritePoints(point, End.FULL);
  }

  /**
   * A disk that keeps zeros for what is written to a file at a point, and says nothing; only such
   * writes are counted.
   *
   * @param point from 1
   */
  public static WritePoints damagingAt(long point) {
    return new WritePoints(point, End.DAMAGE);
  }

  /** How many there were. */
  public synchronized long count() {
    return points;
  }

  /** Half of something is written at a point: whether this is the last. */
  synchronized boolean isLast() {
    return end != End.DAMAGE && points + 1 == last;
  }

  /**
   * Content is written, before anything of it is.
   *
   * @return whether it is damaged
   * @throws IOException if the disk is full
   */
  synchronized boolean reachContent() throws IOException {
    if (end == End.THROW || end == End.HALT) {
      reach();
      return false;
    }
    points++;
    if (end == End.FULL && points >= last) {
      throw new IOException("No space left on device");
    }
    return points == last;
  }

  /** A point is reached, before anything of it is written. */
  synchronized void reach() {
    if (end == End.FULL || end == End.DAMAGE) {
      return;
    }
    points++;
    if (points >= last) {
      if (end == End.HALT) {
        Runtime.getRuntime().halt(137);
      }
      throw new Killed(points);
    }
  }
}
