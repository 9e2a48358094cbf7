package dev.forgetmenot.api.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * A prompt as the text encoder gets it.
 *
 * @param text the prompt
 * @param ids n token ids: begin, the prompt's, end, padding
 * @param endPosition index of the first end-of-text token
 * @param cut the text that did not fit, empty when all did
 * @param others the same prompt for the other text encoders of the model, in their order; empty
 *     where it has one, or where all have the same ids, beside the padding
 */
public record TokenizedPrompt(
    String text, List<Integer> ids, int endPosition, String cut, List<TokenizedPrompt> others) {
  /** Copies the lists. */
  public TokenizedPrompt {
    ids = List.copyOf(ids);
    others = List.copyOf(others);
  }

  /** A prompt of a model with one text encoder, or of the same ids for all. */
  public TokenizedPrompt(String text, List<Integer> ids, int endPosition, String cut) {
    this(text, ids, endPosition, cut, List.of());
  }

  /** The prompt for each text encoder, this one first. */
  public List<TokenizedPrompt> all() {
    return Stream.concat(Stream.of(this), others.stream()).toList();
  }

  /** The first index at which all text encoders have read the whole text. */
  public int lastEnd() {
    return all().stream().mapToInt(TokenizedPrompt::endPosition).max().orElseThrow();
  }
}
