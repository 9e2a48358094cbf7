package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.PromptTokenizer;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The columns of the attention that belong to a concept: each token of every occurrence of the
 * concept in the prompt, and end-of-text as chosen.
 *
 * @param columns indices into the prompt's tokens, ascending, at least one
 */
public record TokenPositions(List<Integer> columns) {
  /** Copies the list. */
  public TokenPositions {
    columns = List.copyOf(columns);
  }

  /**
   * Finds a concept in a prompt, in each text encoder's own tokens: the columns of all together.
   *
   * @param concept in words, such as {@code soccer ball}
   * @throws IllegalArgumentException if the concept is empty, the prompt was cut, or the concept
   *     does not stand in it; the message names the pieces
   */
  public static TokenPositions find(
      DiffusionModel model, TokenizedPrompt prompt, String concept, EosSelection endOfText) {
    PromptEncoder.requireWhole(prompt);
    TreeSet<Integer> found = new TreeSet<>();
    List<PromptTokenizer> tokenizers = WordPlaces.tokenizers(model, prompt);
    for (int i = 0; i < tokenizers.size(); i++) {
      List<Integer> pieces = tokenizers.get(i).tokenIds(concept);
      if (pieces.isEmpty()) {
        throw new IllegalArgumentException(
            "the concept '"
                + concept
                + "' has no token in this model's vocabulary; name it in words");
      }
      try {
        int end = tokenizers.get(i).endOfText();
        found.addAll(find(prompt.all().get(i), pieces, endOfText, end).columns());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("the concept '" + concept + "': " + e.getMessage(), e);
      }
    }
    return new TokenPositions(List.copyOf(found));
  }

  /**
   * Finds a sequence of tokens between begin and end of a prompt.
   *
   * @param pieces the concept's token ids, at least one
   * @param endOfTextId the id of end-of-text
   * @throws IllegalArgumentException if it is not there
   */
  public static TokenPositions find(
      TokenizedPrompt prompt, List<Integer> pieces, EosSelection endOfText, int endOfTextId) {
    TreeSet<Integer> found = new TreeSet<>();
    for (int first = 1; first + pieces.size() <= prompt.endPosition(); first++) {
      if (prompt.ids().subList(first, first + pieces.size()).equals(pieces)) {
        for (int i = 0; i < pieces.size(); i++) {
          found.add(first + i);
        }
      }
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          Message.of(
              "its tokens %s do not stand side by side in the prompt '%s', whose tokens are %s;"
                  + " write the concept in the prompt as a word of its own",
              pieces, prompt.text(), prompt.ids().subList(1, prompt.endPosition())));
    }
    found.addAll(endOfText.columns(prompt, endOfTextId));
    return new TokenPositions(new ArrayList<>(found));
  }

  /** Columns side by side, from {@code first} up to and without {@code end}. */
  public record Run(int first, int end) {}

  /** The columns as runs, ascending, with a gap between each two. */
  public List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    int first = columns.get(0);
    int end = first;
    for (int column : columns) {
      if (column != end) {
        runs.add(new Run(first, end));
        first = column;
      }
      end = column + 1;
    }
    runs.add(new Run(first, end));
    return runs;
  }
}
