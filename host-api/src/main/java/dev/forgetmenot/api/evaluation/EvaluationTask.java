package dev.forgetmenot.api.evaluation;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an evaluation asks: a list of concepts, of which the patches should have made the model
 * forget some.
 *
 * @param targets what was to be forgotten, at least one
 * @param others all other concepts of the list; broad ones are left out
 * @param never concepts that the model never knew; may be empty
 * @param vocabulary what judges choose from
 * @param grid each thing in each style, if the list has one
 * @param general prompts of ordinary use that name no target
 * @param generalSeeds images of each general prompt
 * @param seeds by purpose
 * @param settings of every image: sampler, steps, guidance, size, negative prompt; its prompt and
 *     seed say nothing
 * @param attacks which attacks may be run, and how much they may take
 */
public record EvaluationTask(
    List<EvaluatedConcept> targets,
    List<EvaluatedConcept> others,
    List<NeverKnown> never,
    KnownConcepts vocabulary,
    Optional<Grid> grid,
    List<String> general,
    int generalSeeds,
    Seeds seeds,
    GenerationRequest settings,
    Attacks attacks) {
  /** Copies the lists. */
  public EvaluationTask {
    targets = List.copyOf(targets);
    others = List.copyOf(others);
    never = List.copyOf(never);
    general = List.copyOf(general);
  }

  /** A task without attacks. */
  public EvaluationTask(
      List<EvaluatedConcept> targets,
      List<EvaluatedConcept> others,
      List<NeverKnown> never,
      KnownConcepts vocabulary,
      Optional<Grid> grid,
      List<String> general,
      int generalSeeds,
      Seeds seeds,
      GenerationRequest settings) {
    this(
        targets,
        others,
        never,
        vocabulary,
        grid,
        general,
        generalSeeds,
        seeds,
        settings,
        Attacks.NONE);
  }

  /** The same with attacks. */
  public EvaluationTask attacked(Attacks by) {
    return new EvaluationTask(
        targets, others, never, vocabulary, grid, general, generalSeeds, seeds, settings, by);
  }

  /**
   * Attacks that may be run.
   *
   * @param all in the order of the report
   * @param budget how much work each may take
   */
  public record Attacks(List<Attack> all, AttackBudget budget) {
    /** None. */
    public static final Attacks NONE = new Attacks(List.of(), AttackBudget.QUICK);

    /** Copies the list. */
    public Attacks {
      all = List.copyOf(all);
    }
  }

  /**
   * A concept that the model never knew.
   *
   * @param name unique in the list
   * @param phrase as a prompt says it
   * @param kind what sort of thing it is
   * @param images a folder with images of it
   */
  public record NeverKnown(String name, String phrase, ConceptType kind, Path images) {}

  /**
   * Things in styles.
   *
   * @param things phrases, as judges say them
   * @param styles phrases, the same
   * @param prompts by thing and style
   * @param seeds images of each pair
   */
  public record Grid(
      List<String> things,
      List<String> styles,
      Map<String, Map<String, String>> prompts,
      int seeds) {
    /** Copies the lists. */
    public Grid {
      things = List.copyOf(things);
      styles = List.copyOf(styles);
    }
  }

  /**
   * Seeds; no two purposes share one.
   *
   * @param target of images of targets
   * @param retain of images of each neighbour
   * @param training of trainings, such as inversions
   * @param calibration of images by which judges are set, never scored
   * @param luck the first of those of plain images that show what trying often brings
   */
  @SuppressWarnings("ArrayRecordComponent") // read only
  public record Seeds(
      long[] target, long[] retain, long[] training, long[] calibration, long luck) {
    private static final long LUCK = 50_000;

    /** Seeds with those of luck from 50,000 on. */
    public Seeds(long[] target, long[] retain, long[] training, long[] calibration) {
      this(target, retain, training, calibration, LUCK);
    }
  }
}
