package dev.forgetmenot.kit.concept;

import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The rows of text embeddings that stand for a concept, as columns: the chosen places of its prompt
 * under each of several templates. For the engine thread.
 *
 * @param places which rows
 * @param padding how many rows of padding, where they are chosen: spread evenly over all of it
 * @param templates at least one
 */
public record ConceptEmbeddings(
    PromptEncoder encoder, TokenSelection places, int padding, List<PromptTemplate> templates) {
  /** Copies the list. */
  public ConceptEmbeddings {
    templates = List.copyOf(templates);
    if (templates.isEmpty()) {
      throw new IllegalArgumentException("concepts need at least one template");
    }
  }

  /**
   * A concept's columns and those of what it becomes, at the same places.
   *
   * @param targets C (d × n)
   * @param guides G (d × n)
   */
  public record Pairs(Matrix targets, Matrix guides) {}

  /** The same rows under one template only. */
  public ConceptEmbeddings with(PromptTemplate template) {
    return new ConceptEmbeddings(encoder, places, padding, List.of(template));
  }

  /** The prompts of a subject. */
  public List<String> prompts(PromptPhrase subject) {
    return templates.stream().map(template -> template.with(subject.phrase())).distinct().toList();
  }

  /**
   * A subject's columns (d × n).
   *
   * @throws IllegalArgumentException if a prompt is too long or does not hold the subject as words
   *     of its own
   */
  public Matrix of(PromptPhrase subject) {
    List<Matrix> all = new ArrayList<>();
    for (PromptTemplate template : templates) {
      LocatedPhrase prompt = LocatedPhrase.of(encoder, template, subject);
      all.add(prompt.encoded().columns(positions(prompt)));
    }
    return Matrix.joinColumns(all);
  }

  private List<Integer> positions(LocatedPhrase prompt) {
    if (places == TokenSelection.FOLLOWING) {
      return prompt.following(prompt.encoded().length() - prompt.last());
    }
    List<Integer> positions = new ArrayList<>(tokens(prompt));
    positions.addAll(after(prompt, prompt.end()));
    return positions;
  }

  /**
   * A concept's columns with its guide's. Tokens are matched from the last one backwards, the first
   * of the guide's standing for all that it has too few of; the end of the text matches the end,
   * padding the padding at the same position. Where the guide is nothing, its prompt is the empty
   * one and a token matches what stands at its position there. {@link TokenSelection#FOLLOWING}
   * matches the last tokens, and what follows in order, as far as both prompts have rows.
   *
   * @throws IllegalArgumentException as {@link #of(PromptPhrase)}, or if the guide says the same as
   *     the concept
   */
  public Pairs pairs(PromptPhrase concept, PromptPhrase guide) {
    Several several = pairs(concept, List.of(guide));
    return new Pairs(several.targets(), several.guides().get(0));
  }

  /**
   * A concept's columns with those of several guides at the same places.
   *
   * @param targets C (d × n)
   * @param guides one G (d × n) for each, in their order
   */
  public record Several(Matrix targets, List<Matrix> guides) {
    /** Copies the list. */
    public Several {
      guides = List.copyOf(guides);
    }
  }

  /** A concept's columns with those of each of several guides; see {@link #pairs}. */
  public Several pairs(PromptPhrase concept, List<PromptPhrase> guides) {
    List<Matrix> targets = new ArrayList<>();
    List<List<Matrix>> columns = new ArrayList<>();
    guides.forEach(guide -> columns.add(new ArrayList<>()));
    for (PromptTemplate template : templates) {
      LocatedPhrase target = LocatedPhrase.of(encoder, template, concept);
      List<LocatedPhrase> others =
          guides.stream().map(guide -> LocatedPhrase.of(encoder, template, guide)).toList();
      if (places == TokenSelection.FOLLOWING) {
        int rows = target.encoded().length() - farthestLast(target, others);
        targets.add(target.encoded().columns(target.following(rows)));
        for (int i = 0; i < others.size(); i++) {
          LocatedPhrase other = others.get(i);
          columns.get(i).add(other.encoded().columns(other.following(rows)));
        }
        continue;
      }
      int behind = target.end();
      for (LocatedPhrase other : others) {
        behind = Math.max(behind, other.end());
      }
      List<Integer> from = new ArrayList<>(tokens(target));
      for (int i = 0; i < others.size(); i++) {
        List<Integer> to = matched(from, others.get(i));
        to.addAll(after(others.get(i), behind));
        columns.get(i).add(others.get(i).encoded().columns(to));
      }
      from.addAll(after(target, behind));
      targets.add(target.encoded().columns(from));
    }
    Matrix all = Matrix.joinColumns(targets);
    List<Matrix> joined = columns.stream().map(Matrix::joinColumns).toList();
    for (int i = 0; i < joined.size(); i++) {
      if (joined.get(i).minus(all).norm() == 0) {
        throw new IllegalArgumentException(
            "'"
                + concept.phrase()
                + "' would become itself: the guide '"
                + guides.get(i).phrase()
                + "' has the same text embedding; give another guide");
      }
    }
    return new Several(all, joined);
  }

  /**
   * A concept's columns with the mean over other subjects of their rows at the same positions: what
   * all of them have in common stays.
   *
   * @param others at least one
   * @throws IllegalArgumentException as {@link #of(PromptPhrase)}
   */
  public Pairs pairsWithMean(PromptPhrase concept, List<PromptPhrase> others) {
    List<Matrix> targets = new ArrayList<>();
    List<Matrix> means = new ArrayList<>();
    for (PromptTemplate template : templates) {
      LocatedPhrase target = LocatedPhrase.of(encoder, template, concept);
      Matrix mean = mean(others.stream().map(other -> template.with(other.phrase())).toList());
      for (int position : positions(target)) {
        means.add(mean.columns(position, position + 1));
      }
      targets.add(target.encoded().columns(positions(target)));
    }
    return new Pairs(Matrix.joinColumns(targets), Matrix.joinColumns(means));
  }

  /** The mean of prompts' states (d × 77). */
  private Matrix mean(List<String> prompts) {
    return encoder.encode(prompts).stream()
        .map(EncodedPrompt::rows)
        .reduce(Matrix::plus)
        .orElseThrow()
        .times(1.0 / prompts.size())
        .transposed();
  }

  private static int farthestLast(LocatedPhrase target, List<LocatedPhrase> others) {
    return others.stream().mapToInt(LocatedPhrase::last).reduce(target.last(), Math::max);
  }

  private List<Integer> matched(List<Integer> tokens, LocatedPhrase guide) {
    List<Integer> other = tokens(guide);
    List<Integer> to = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      int fromLast = tokens.size() - 1 - i;
      to.add(other.isEmpty() ? tokens.get(i) : other.get(Math.max(0, other.size() - 1 - fromLast)));
    }
    return to;
  }

  private List<Integer> tokens(LocatedPhrase prompt) {
    return places == TokenSelection.LAST ? prompt.places().last() : prompt.places().tokens();
  }

  /**
   * Positions at the end of the text and in the padding.
   *
   * @param behind the end of the longest prompt, after which all of them have padding
   */
  private List<Integer> after(LocatedPhrase prompt, int behind) {
    if (places == TokenSelection.LAST || places == TokenSelection.TOKENS) {
      return List.of();
    }
    Set<Integer> positions = new LinkedHashSet<>();
    positions.add(prompt.end());
    if (places == TokenSelection.PADDING) {
      int first = behind + 1;
      int last = prompt.encoded().length() - 1;
      for (int i = 0; i < padding && first <= last; i++) {
        positions.add(
            padding == 1
                ? first
                : first + (int) Math.round((double) i * (last - first) / (padding - 1)));
      }
    }
    return List.copyOf(positions);
  }
}
