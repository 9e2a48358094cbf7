package dev.forgetmenot.kit.inversion;

import java.util.List;

/** Where the row of a new token begins. */
public sealed interface TokenInitialiser {
  /** At the row of a word that is one token of the vocabulary. */
  record Word(String text) implements TokenInitialiser {}

  /** At normal numbers times σ. */
  record Random(double sigma) implements TokenInitialiser {}

  /** At zero. */
  record Zero() implements TokenInitialiser {}

  /** At the row of a token id. */
  record Id(int id) implements TokenInitialiser {}

  /**
   * Reads initialisers, one a token, such as {@code person} or {@code <rand-1>}.
   *
   * @throws IllegalArgumentException if one is empty or has no meaning
   */
  static List<TokenInitialiser> parseAll(List<String> texts) {
    return texts.stream().map(TokenInitialiser::parse).toList();
  }

  private static TokenInitialiser parse(String part) {
    String text = part.strip();
    try {
      if (text.equals("<zero>")) {
        return new Zero();
      }
      if (text.startsWith("<rand-") && text.endsWith(">")) {
        double sigma = Double.parseDouble(text.substring(6, text.length() - 1));
        if (sigma > 0 && Double.isFinite(sigma)) {
          return new Random(sigma);
        }
      } else if (text.matches("\\d{1,9}")) {
        return new Id(Integer.parseInt(text));
      } else if (!text.isEmpty() && !text.startsWith("<")) {
        return new Word(text);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(unknown(text), e);
    }
    throw new IllegalArgumentException(unknown(text));
  }

  private static String unknown(String text) {
    return "an initialiser is a word, <rand-SIGMA> such as <rand-1>, <zero> or a token id, not '"
        + text
        + "'; give one for each token";
  }
}
