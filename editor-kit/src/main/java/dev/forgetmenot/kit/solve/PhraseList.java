package dev.forgetmenot.kit.solve;

import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Phrases as a user gives them: separated by {@code |}, or a text file with one a line. */
public final class PhraseList {
  private static final String FILE = ".txt";

  private PhraseList() {}

  /**
   * Reads phrases.
   *
   * @param parameter whose value it is, for messages
   * @param given phrases, or the path of a file whose name ends in {@code .txt}
   * @return at least one
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if there is no phrase in it
   */
  public static List<String> read(String parameter, String given) throws IOException {
    boolean file = given.endsWith(FILE);
    List<String> phrases =
        (file ? TextFile.lines(Path.of(given)).stream() : Arrays.stream(given.split("\\|")))
            .map(String::strip)
            .filter(phrase -> !phrase.isEmpty())
            .distinct()
            .toList();
    if (phrases.isEmpty()) {
      throw new IllegalArgumentException(
          parameter
              + (file ? ": " + given : "")
              + " names no phrase; write at least one"
              + (file ? ", one a line" : ", several separated by |"));
    }
    return phrases;
  }

  /**
   * One text for each of {@code count} concepts: as many as there are, or one for all.
   *
   * @param parameter whose value it is, for messages
   * @throws IllegalArgumentException if there are neither one nor {@code count}
   */
  public static List<String> forEach(String parameter, String given, int count) {
    List<String> texts = Arrays.stream(given.split("\\|", -1)).map(String::strip).toList();
    if (texts.size() == 1) {
      return Collections.nCopies(count, texts.get(0));
    }
    if (texts.size() != count) {
      throw new IllegalArgumentException(
          parameter
              + " names "
              + texts.size()
              + " for "
              + count
              + " concepts; name one for each, separated by |, or one for all");
    }
    return texts;
  }
}
