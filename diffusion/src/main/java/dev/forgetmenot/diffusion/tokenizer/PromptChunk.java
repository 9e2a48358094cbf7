package dev.forgetmenot.diffusion.tokenizer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * As many tokens of a prompt as the text encoder takes at once.
 *
 * @param ids n token ids: begin, up to n − 2 of the prompt, end, padding
 * @param weights n: what the embedding of each is multiplied by; 1 for begin, end and padding
 */
public record PromptChunk(List<Integer> ids, List<Double> weights) {
  /** How far from the end of a chunk A1111 looks for a comma to end it at. */
  private static final int COMMA_BACKTRACK = 20;

  /** Copies the lists. */
  public PromptChunk {
    ids = List.copyOf(ids);
    weights = List.copyOf(weights);
  }

  /** A chunk of plain words, which all weigh 1. */
  public static PromptChunk plain(List<Integer> ids) {
    return new PromptChunk(ids, Collections.nCopies(ids.size(), 1.0));
  }

  /** Whether a token weighs something other than 1. */
  public boolean weighted() {
    return weights.stream().anyMatch(weight -> weight != 1);
  }

  /**
   * Splits a prompt as A1111 does: a full chunk ends at its last comma where that is among its last
   * 20 tokens, {@code BREAK} ends one early, and an added token's ids stay together.
   *
   * @return at least one chunk
   */
  public static List<PromptChunk> split(String prompt, ClipTokenizer tokenizer) {
    Splitter splitter = new Splitter(tokenizer);
    for (WeightedPrompt.Part part : WeightedPrompt.parse(prompt).parts()) {
      if (part.isBreak()) {
        splitter.next();
      } else {
        tokenizer.groups(part.text()).forEach(piece -> splitter.add(piece, part.weight()));
      }
    }
    return splitter.end();
  }

  private static final class Splitter {
    private final ClipTokenizer tokenizer;
    private final List<Integer> comma;
    private final List<PromptChunk> chunks = new ArrayList<>();
    private List<Integer> ids = new ArrayList<>();
    private List<Double> weights = new ArrayList<>();
    private int afterComma; // 0 for none

    Splitter(ClipTokenizer tokenizer) {
      this.tokenizer = tokenizer;
      this.comma = tokenizer.pieces(",");
    }

    void add(List<Integer> piece, double weight) {
      boolean isComma = piece.equals(comma);
      boolean full = ids.size() == tokenizer.room();
      if (!isComma && full && afterComma > 0 && ids.size() - afterComma < COMMA_BACKTRACK) {
        nextFromComma();
      }
      if (ids.size() + piece.size() > tokenizer.room()) {
        next();
      }
      ids.addAll(piece);
      weights.addAll(Collections.nCopies(piece.size(), weight));
      if (isComma) {
        afterComma = ids.size();
      }
    }

    private void nextFromComma() {
      List<Integer> movedIds = ids.subList(afterComma, ids.size());
      List<Double> movedWeights = weights.subList(afterComma, weights.size());
      ids = new ArrayList<>(ids.subList(0, afterComma));
      weights = new ArrayList<>(weights.subList(0, afterComma));
      next();
      ids.addAll(movedIds);
      weights.addAll(movedWeights);
    }

    void next() {
      List<Integer> framed = tokenizer.framed(ids);
      int rest = framed.size() - 1 - weights.size();
      chunks.add(
          new PromptChunk(
              framed,
              Stream.of(List.of(1.0), weights, Collections.nCopies(rest, 1.0))
                  .flatMap(List::stream)
                  .toList()));
      ids = new ArrayList<>();
      weights = new ArrayList<>();
      afterComma = 0;
    }

    List<PromptChunk> end() {
      if (!ids.isEmpty() || chunks.isEmpty()) {
        next();
      }
      return chunks;
    }
  }
}
