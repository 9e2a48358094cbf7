package dev.forgetmenot.diffusion.tokenizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt as A1111 reads it: {@code (word)} weighs 1.1, {@code ((word))} 1.21, {@code (word:1.3)}
 * 1.3, {@code [word]} 1/1.1, all multiplied where they lie in each other; {@code \(}, {@code \)},
 * {@code \[}, {@code \]} and {@code \\} stand for the character itself; the word {@code BREAK}
 * begins a new chunk. A bracket that is left open reaches to the end; a closing one alone is a
 * character.
 *
 * @param parts in order; neighbours have different weights
 */
public record WeightedPrompt(List<Part> parts) {
  private static final double STRONGER = 1.1;
  private static final double WEAKER = 1 / 1.1;
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\\\(?<literal>[()\\[\\]\\\\])|(?<open>[(\\[])"
              + "|:\\s*(?<weight>[-+]?(?:\\d+\\.?\\d*|\\.\\d+))\\s*\\)"
              + "|(?<close>[)\\]])|(?<text>[^\\\\()\\[\\]:]+|[:\\\\])");
  private static final Pattern BREAK = Pattern.compile("\\s*\\bBREAK\\b\\s*");

  /**
   * A piece of a prompt.
   *
   * @param text without syntax; empty for a break
   * @param weight what its tokens' embeddings are multiplied by
   * @param isBreak whether a new chunk begins here
   */
  public record Part(String text, double weight, boolean isBreak) {
    private static final Part BREAK = new Part("", 1, true);

    private Part times(double factor) {
      return new Part(text, weight * factor, isBreak);
    }
  }

  /** Copies the list. */
  public WeightedPrompt {
    parts = List.copyOf(parts);
  }

  /** A prompt of plain words: one part of weight 1. */
  public static WeightedPrompt plain(String prompt) {
    return new WeightedPrompt(List.of(new Part(prompt, 1, false)));
  }

  /** Reads a prompt; every text is one. */
  public static WeightedPrompt parse(String prompt) {
    Parser parser = new Parser();
    Matcher token = TOKEN.matcher(prompt);
    while (token.find()) {
      parser.take(token);
    }
    return new WeightedPrompt(merged(parser.end()));
  }

  /** Whether a prompt is more than plain words. */
  public boolean hasSyntax() {
    return parts.stream().anyMatch(part -> part.isBreak || part.weight != 1);
  }

  private static List<Part> merged(List<Part> parts) {
    List<Part> merged = new ArrayList<>();
    for (Part part : parts) {
      int last = merged.size() - 1;
      boolean alike =
          last >= 0
              && !part.isBreak
              && !merged.get(last).isBreak
              && merged.get(last).weight == part.weight;
      if (alike) {
        merged.set(last, new Part(merged.get(last).text + part.text, part.weight, false));
      } else {
        merged.add(part);
      }
    }
    return merged.isEmpty() ? plain("").parts : merged;
  }

  /** Parts that have been read, and where brackets were opened among them. */
  private static final class Parser {
    private final List<Part> parts = new ArrayList<>();
    private final Deque<Integer> round = new ArrayDeque<>();
    private final Deque<Integer> square = new ArrayDeque<>();

    void take(Matcher token) {
      if (token.group("literal") != null) {
        add(token.group("literal"));
      } else if (token.group("open") != null) {
        (token.group("open").equals("(") ? round : square).push(parts.size());
      } else if (token.group("weight") != null && !round.isEmpty()) {
        close(round, Double.parseDouble(token.group("weight")));
      } else if (")".equals(token.group("close")) && !round.isEmpty()) {
        close(round, STRONGER);
      } else if ("]".equals(token.group("close")) && !square.isEmpty()) {
        close(square, WEAKER);
      } else {
        words(token.group());
      }
    }

    private void close(Deque<Integer> brackets, double factor) {
      for (int i = brackets.pop(); i < parts.size(); i++) {
        parts.set(i, parts.get(i).times(factor));
      }
    }

    private void words(String text) {
      String[] between = BREAK.split(text, -1);
      for (int i = 0; i < between.length; i++) {
        if (i > 0) {
          parts.add(Part.BREAK);
        }
        add(between[i]);
      }
    }

    private void add(String text) {
      if (!text.isEmpty()) {
        parts.add(new Part(text, 1, false));
      }
    }

    List<Part> end() {
      while (!round.isEmpty()) {
        close(round, STRONGER);
      }
      while (!square.isEmpty()) {
        close(square, WEAKER);
      }
      return parts;
    }
  }
}
