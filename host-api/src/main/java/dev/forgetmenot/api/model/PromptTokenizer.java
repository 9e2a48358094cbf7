package dev.forgetmenot.api.model;

import java.util.List;
import java.util.Set;

/** Text to the ids that the text encoder reads, and back. For the engine thread. */
public interface PromptTokenizer {
  /** Token ids of a prompt. */
  TokenizedPrompt tokenize(String prompt);

  /**
   * A prompt of given ids, as the text encoder gets it: begin, the ids, end, padding. Its text is
   * that of {@link #decode}, of which other ids may be made.
   *
   * @throws IllegalArgumentException if more are given than fit, or one is unknown
   */
  TokenizedPrompt framed(List<Integer> ids);

  /** Token ids of a text alone, without begin, end and padding. */
  List<Integer> tokenIds(String text);

  /** The same pieces as the vocabulary writes them, such as {@code cer</w>}; for messages. */
  List<String> tokens(String text);

  /**
   * The text of ids: pieces joined, a space after each that ends a word. Tokenized again it need
   * not give the same ids, since the text of several pieces may be one larger piece, and pieces of
   * broken characters become U+FFFD.
   *
   * @param ids without begin, end and padding; those of an added token all together
   * @throws IllegalArgumentException if an id is unknown
   */
  String decode(List<Integer> ids);

  /** The id of end-of-text. */
  int endOfText();

  /** The ids of begin, end and padding, which a search for words leaves out. */
  Set<Integer> frame();

  /** Those of the model's other text encoders, in their order; none where it has one. */
  default List<PromptTokenizer> others() {
    return List.of();
  }
}
