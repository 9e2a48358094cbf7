package dev.forgetmenot.api.evaluation;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an attack brought, in one of its variants.
 *
 * @param part the variant, such as {@code 200 steps}; empty where there is one alone
 * @param trials what is scored: of each trial the candidate that the choosing judge takes counts
 * @param unetEvaluations of batch size 1 that were spent, images included
 * @param fact what else a reader should know, as a sentence; may be empty
 * @param files what was learned, in a form that {@code fmn generate} takes
 * @param notTested why it was not run, as a sentence
 * @param check of a control that scores no images: how many of how many were as they should be
 */
public record AttackRow(
    String part,
    List<Trial> trials,
    long unetEvaluations,
    String fact,
    List<Path> files,
    Optional<String> notTested,
    Optional<Check> check) {
  /** Copies the lists. */
  public AttackRow {
    trials = List.copyOf(trials);
    files = List.copyOf(files);
  }

  /**
   * What was tried for one prompt and seed.
   *
   * @param candidates at least one
   */
  public record Trial(List<Candidate> candidates) {
    /** Copies the list. */
    public Trial {
      candidates = List.copyOf(candidates);
      if (candidates.isEmpty()) {
        throw new IllegalArgumentException("a trial of an attack needs a candidate at least");
      }
    }

    /** A trial with one candidate, which its prompt and seed alone bring. */
    public static Trial of(DrawnImage image) {
      return new Trial(List.of(new Candidate(image, "")));
    }
  }

  /**
   * An image that an attack made.
   *
   * @param image what was drawn
   * @param recipe what brought it beside prompt, seed and files, for people; may be empty
   */
  public record Candidate(DrawnImage image, String recipe) {}

  /**
   * A count of things that should all be so.
   *
   * @param right how many are
   * @param of how many
   */
  public record Check(int right, int of) {}

  /** A row of trials. */
  public static AttackRow of(String part, List<Trial> trials, long unetEvaluations) {
    return new AttackRow(
        part, trials, unetEvaluations, "", List.of(), Optional.empty(), Optional.empty());
  }

  /** A row of images, each a trial of its own, that prompt and seed alone bring. */
  public static AttackRow ofImages(String part, List<DrawnImage> images, long unetEvaluations) {
    return of(part, images.stream().map(Trial::of).toList(), unetEvaluations);
  }

  /** A row that was not run. */
  public static AttackRow notTested(String part, String reason) {
    return new AttackRow(part, List.of(), 0, "", List.of(), Optional.of(reason), Optional.empty());
  }

  /** A control that scores no images. */
  public static AttackRow control(String part, Check check, String fact) {
    return new AttackRow(part, List.of(), 0, fact, List.of(), Optional.empty(), Optional.of(check));
  }

  /** The same with a sentence for readers. */
  public AttackRow saying(String sentence) {
    return new AttackRow(part, trials, unetEvaluations, sentence, files, notTested, check);
  }

  /** The same with files that were learned. */
  public AttackRow keeping(List<Path> learned) {
    return new AttackRow(part, trials, unetEvaluations, fact, learned, notTested, check);
  }

  /** The most candidates of a trial; 0 without trials. */
  public int candidates() {
    return trials.stream().mapToInt(trial -> trial.candidates().size()).max().orElse(0);
  }
}
