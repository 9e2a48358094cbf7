package dev.forgetmenot.api.model;

import java.util.List;

/**
 * A prompt as the text encoder gets it.
 *
 * @param text the prompt
 * @param ids n token ids: begin, the prompt's, end, padding
 * @param endPosition index of the first end-of-text token
 * @param cut the text that did not fit, empty when all did
 */
public record TokenizedPrompt(String text, List<Integer> ids, int endPosition, String cut) {
  /** Copies the list. */
  public TokenizedPrompt {
    ids = List.copyOf(ids);
  }
}
