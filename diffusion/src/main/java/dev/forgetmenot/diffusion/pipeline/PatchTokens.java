package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.model.AddedTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The tokens that the patches on a model add. One stack follows another: the tokens that both begin
 * with stay where they are. For the engine thread.
 */
final class PatchTokens {
  private static final class Token {
    private final String name;
    private final float[][] vectors;
    private final AddedTokens handle;

    Token(String name, float[][] vectors, AddedTokens handle) {
      this.name = name;
      this.vectors = vectors;
      this.handle = handle;
    }

    boolean is(String otherName, float[][] otherVectors) {
      return name.equals(otherName) && Arrays.deepEquals(vectors, otherVectors);
    }
  }

  private final TextualInversionLoader model;
  private final List<Token> before;
  private final List<Token> tokens = new ArrayList<>();
  private int kept;
  private int left; // of those before, from the first

  private PatchTokens(TextualInversionLoader model, List<Token> before) {
    this.model = model;
    this.before = before;
    left = before.size();
  }

  /** A model without any. */
  static PatchTokens none(TextualInversionLoader model) {
    return new PatchTokens(model, new ArrayList<>());
  }

  /** Those that take the place of these. */
  PatchTokens next() {
    return new PatchTokens(model, tokens);
  }

  /** Adds a token, or keeps it where it is in the same place of the stack before. */
  void add(String name, float[][] vectors) {
    if (kept == tokens.size() && kept < before.size() && before.get(kept).is(name, vectors)) {
      tokens.add(before.get(kept++));
      return;
    }
    takeOffTheRest();
    tokens.add(new Token(name, vectors, model.add(Map.of(name, vectors))));
  }

  /** Takes off what the stack before had and this one has not. */
  void takeOffTheRest() {
    while (left > kept) {
      before.get(left - 1).handle.close();
      left--;
    }
  }

  /** Makes the tokens those of the stack before again. */
  void undo() {
    while (tokens.size() > kept) {
      tokens.remove(tokens.size() - 1).handle.close();
    }
    for (; left < before.size(); left++) {
      Token token = before.get(left);
      before.set(
          left, new Token(token.name, token.vectors, model.add(Map.of(token.name, token.vectors))));
    }
  }
}
