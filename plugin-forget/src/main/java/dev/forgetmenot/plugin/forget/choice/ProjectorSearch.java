package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.TextScreen;
import dev.forgetmenot.kit.solve.ObliqueProjector;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.plugin.forget.linear.ObliqueEraser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Projectors of several ranks and numbers of kept neighbours, sorted by what they do to text. For
 * the engine thread.
 */
final class ProjectorSearch {
  /** Directions that a projector takes away: 1 up to this. */
  private static final int RANKS = 3;

  /** Near phrases that it keeps. */
  static final List<Integer> NEIGHBOURS = List.of(6, 14);

  private final List<Concept> concepts;
  private final PromptEncoder encoder;
  private final JobContext context;
  private ObliqueProjector general; // null until a solve needs it; the same for all

  /** A candidate and what it does to text; see {@link TextScreen#cost}. */
  record Screened(Candidate candidate, double cost) {}

  /**
   * A search.
   *
   * @param encoder knows its prompts afterwards
   */
  ProjectorSearch(List<Concept> concepts, PromptEncoder encoder, JobContext context) {
    this.concepts = List.copyOf(concepts);
    this.encoder = encoder;
    this.context = JobContext.silent(context);
  }

  /**
   * Solves and sorts, the least cost first; what contradicts itself is left out.
   *
   * @param becoming what concepts become
   * @param more settings of all candidates
   */
  List<Screened> sorted(Becoming becoming, Map<String, String> more) throws IOException {
    TextScreen screen =
        TextScreen.of(encoder, concepts, becoming.guides(), context.knownConcepts());
    List<Screened> screened = new ArrayList<>();
    for (int rank = 1; rank <= RANKS; rank++) {
      for (int neighbours : NEIGHBOURS) {
        context.checkCancelled();
        Candidate candidate = candidate(rank, neighbours, becoming.settings(), more);
        screened(candidate.becoming(becoming.margin()), screen).ifPresent(screened::add);
      }
    }
    screened.sort(Comparator.comparingDouble(Screened::cost));
    return screened;
  }

  /** Nothing where what is kept holds a part of the concept. */
  private Optional<Screened> screened(Candidate candidate, TextScreen screen) throws IOException {
    SolveInput job = new ObliqueEraser().job(concepts, candidate.values(), encoder, context);
    if (general == null) {
      general = job.projector(List.of());
    }
    try {
      double cost = screen.cost(ObliqueEraser.edit(job, general));
      return Optional.of(new Screened(candidate, cost));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A projector with these settings. */
  static Candidate candidate(
      int rank, int neighbours, Map<String, String> settings, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(more);
    all.put("rank", Integer.toString(rank));
    all.put("neighbours", Integer.toString(neighbours));
    all.put("general-text", "prompts");
    all.put("directions", "specific");
    return new Candidate(new ObliqueEraser(), all);
  }
}
