package dev.forgetmenot.editing.embeddings;

import dev.forgetmenot.patch.Rows;
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
                "the token \""
                    + name
                    + "\" has vectors of "
                    + rows.width()
                    + " numbers, another one of "
                    + width);
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

  /** The names one behind the other, as a prompt says them: {@code <s1><s2>}. */
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
