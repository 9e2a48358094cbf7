package dev.forgetmenot.kit.yaml;

import java.nio.file.Path;

/** A YAML file says something that cannot be done; the message begins with file and line. */
public final class YamlException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final int line;
  private final int column;
  private final String problem;

  /**
   * What is wrong with a whole line.
   *
   * @param line from 1
   */
  public YamlException(Path file, int line, String problem) {
    this(file, line, 1, problem, null);
  }

  /** What is wrong with a whole line, and why. */
  public YamlException(Path file, int line, String problem, Throwable cause) {
    this(file, line, 1, problem, cause);
  }

  /**
   * What is wrong at a place.
   *
   * @param line from 1
   * @param column from 1
   * @param cause may be null
   */
  public YamlException(Path file, int line, int column, String problem, Throwable cause) {
    super(file + ":" + line + ": " + problem, cause);
    this.file = file;
    this.line = line;
    this.column = column;
    this.problem = problem;
  }

  /** The file that says it. */
  public Path file() {
    return file;
  }

  /** The line, from 1. */
  public int line() {
    return line;
  }

  /** The column, from 1. */
  public int column() {
    return column;
  }

  /** The message without file and line. */
  public String problem() {
    return problem;
  }
}
