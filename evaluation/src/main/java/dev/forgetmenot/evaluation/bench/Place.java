package dev.forgetmenot.evaluation.bench;

import java.nio.file.Path;

/**
 * Where something stands in a file.
 *
 * @param file the file, or the name of a list that is part of the program
 * @param line from 1
 * @param column from 1
 */
public record Place(Path file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
