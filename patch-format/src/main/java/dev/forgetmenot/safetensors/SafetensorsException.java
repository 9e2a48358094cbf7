package dev.forgetmenot.safetensors;

import java.io.IOException;

/** A file that is not what the safetensors format, or the limits in force, allow. */
public final class SafetensorsException extends IOException {

  private static final long serialVersionUID = 1L;

  /** What is wrong, for callers that decide by it. */
  public enum Problem {
    /** The header's length, encoding, JSON or members. */
    HEADER,
    /** Tensors that overlap, leave holes, or do not end where the file ends. */
    OFFSETS,
    /** An element type that is unknown, or not allowed here. */
    DTYPE,
    /** A shape that is too large, or does not fit the bytes. */
    SHAPE,
    /** A tensor, a shard or a whole file that is not there. */
    MISSING,
    /** A pickle: a program, which is never run. */
    PICKLE
  }

  private final Problem problem;
  private final String where;
  private final String reason;

  SafetensorsException(Problem problem, String where, String reason, String remedy) {
    this(problem, where, reason, remedy, null);
  }

  SafetensorsException(
      Problem problem, String where, String reason, String remedy, Throwable cause) {
    super(where + ": " + reason + ". " + remedy, cause);
    this.problem = problem;
    this.where = where;
    this.reason = reason;
  }

  /** The kind of problem. */
  public Problem problem() {
    return problem;
  }

  /** The file, or the entry of an archive. */
  public String where() {
    return where;
  }

  /** What is wrong, without the file's name. */
  public String reason() {
    return reason;
  }
}
