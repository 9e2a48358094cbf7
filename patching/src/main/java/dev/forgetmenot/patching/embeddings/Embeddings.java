package dev.forgetmenot.patching.embeddings;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TokensEdit;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Learned tokens.
 *
 * @param tokens by name, in order: (n, d), one row for each embedding that the token stands for; at
 *     least one token, all of one width
 */
public record Embeddings(Map<String, Rows> tokens) {
  /** Copies the map. */
  public Embeddings {
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("there is no token");
    }
    tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
    int width = tokens.values().iterator().next().width();
    tokens.forEach(
        (name, rows) -> {
          if (rows.width() != width) {
            throw new IllegalArgumentException(
                Message.of(
                    "the token \"%s\" has vectors of %s numbers, another one of %s",
                    name, rows.width(), width));
          }
        });
  }

  /** Tokens of one vector each. */
  public static Embeddings of(List<String> names, float[][] vectors) {
    Map<String, Rows> tokens = new LinkedHashMap<>();
    for (int i = 0; i < vectors.length; i++) {
      tokens.put(names.get(i), new Rows(1, vectors[i].length, vectors[i]));
    }
    return new Embeddings(tokens);
  }

  /** Elements of a vector. */
  public int width() {
    return tokens.values().iterator().next().width();
  }

  /** Copies of the vectors of each token, as a model takes them. */
  public Map<String, float[][]> vectors() {
    Map<String, float[][]> vectors = new LinkedHashMap<>();
    tokens.forEach((name, rows) -> vectors.put(name, split(rows)));
    return vectors;
  }

  private static float[][] split(Rows rows) {
    float[][] split = new float[rows.count()][];
    for (int i = 0; i < split.length; i++) {
      split[i] = Arrays.copyOfRange(rows.values(), i * rows.width(), (i + 1) * rows.width());
    }
    return split;
  }

  /**
   * Vectors for two text encoders side by side, as a model that has two takes them.
   *
   * @throws IllegalArgumentException if there are not equally many
   */
  public static Rows beside(Rows first, Rows second) {
    if (first.count() != second.count()) {
      throw new IllegalArgumentException(
          Message.of(
              "a token has %s vectors for the first text encoder and %s for the second; expected"
                  + " equally many",
              first.count(), second.count()));
    }
    int width = first.width() + second.width();
    float[] values = new float[first.count() * width];
    for (int i = 0; i < first.count(); i++) {
      int at = i * width;
      System.arraycopy(first.values(), i * first.width(), values, at, first.width());
      System.arraycopy(
          second.values(), i * second.width(), values, at + first.width(), second.width());
    }
    return new Rows(first.count(), width, values);
  }

  /** One token that stands for the vectors of all, in order: in prompts it says the same. */
  public Embeddings joined(String name) {
    int count = tokens.values().stream().mapToInt(Rows::count).sum();
    float[] values = new float[count * width()];
    int at = 0;
    for (Rows rows : tokens.values()) {
      System.arraycopy(rows.values(), 0, values, at, rows.values().length);
      at += rows.values().length;
    }
    return new Embeddings(Map.of(name, new Rows(count, width(), values)));
  }

  /**
   * The same vectors under other names.
   *
   * @param names {@code NAME} where there is one token, or {@code OLD=NAME}; others stay as they
   *     are
   * @throws IllegalArgumentException if a name has white space, no such token is there, or two get
   *     one name
   */
  public Embeddings renamed(List<String> names) {
    Map<String, String> wanted = new LinkedHashMap<>();
    for (String name : names) {
      int equals = name.indexOf('=');
      boolean known = equals > 0 && tokens.containsKey(name.substring(0, equals));
      if (!known && tokens.size() > 1) {
        throw new IllegalArgumentException("it holds " + summary() + ", of which none is " + name);
      }
      String old = known ? name.substring(0, equals) : tokens.keySet().iterator().next();
      wanted.put(old, known ? name.substring(equals + 1) : name);
    }
    Map<String, Rows> renamed = new LinkedHashMap<>();
    tokens.forEach(
        (old, rows) -> {
          String name = wanted.getOrDefault(old, old);
          if (!name.matches(TokensEdit.NAME)) {
            throw new IllegalArgumentException(
                "the name \"" + name + "\" is none for a token: 1 to 96 characters without spaces");
          }
          if (renamed.put(name, rows) != null) {
            throw new IllegalArgumentException("two tokens would be called " + name);
          }
        });
    return new Embeddings(renamed);
  }

  /** The names one after the other, as a prompt says them: {@code <s1><s2>}. */
  public String phrase() {
    return String.join("", tokens.keySet());
  }

  /** Names and numbers of vectors, for people. */
  public String summary() {
    return tokens.entrySet().stream()
        .map(
            entry ->
                entry.getKey()
                    + (entry.getValue().count() == 1
                        ? ""
                        : " (" + entry.getValue().count() + " vectors)"))
        .collect(Collectors.joining(", "));
  }
}
