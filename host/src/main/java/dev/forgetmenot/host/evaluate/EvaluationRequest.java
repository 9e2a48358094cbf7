package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.EvaluationTask.Attacks;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.run.Targets;
import dev.forgetmenot.patching.PatchSet;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * What an evaluation is asked to do.
 *
 * @param targets of the list
 * @param patches under test, open
 * @param evaluators in the order of the report
 * @param seeds at most so many for each purpose; empty for the list's
 * @param judging by which CLIP
 * @param vocabulary what judges choose from
 * @param store where images are kept
 * @param command what makes the same again, for people; without folders
 * @param attacks which attacks may be run, and how much they may take
 */
public record EvaluationRequest(
    Bench bench,
    Targets targets,
    PatchSet patches,
    List<Evaluator> evaluators,
    OptionalInt seeds,
    EvaluationSetup judging,
    KnownConcepts vocabulary,
    Path store,
    String command,
    Attacks attacks) {
  /** Copies the list. */
  public EvaluationRequest {
    evaluators = List.copyOf(evaluators);
  }

  /** One without attacks. */
  public EvaluationRequest(
      Bench bench,
      Targets targets,
      PatchSet patches,
      List<Evaluator> evaluators,
      OptionalInt seeds,
      EvaluationSetup judging,
      KnownConcepts vocabulary,
      Path store,
      String command) {
    this(
        bench,
        targets,
        patches,
        evaluators,
        seeds,
        judging,
        vocabulary,
        store,
        command,
        Attacks.NONE);
  }

  /** The same with attacks. */
  public EvaluationRequest attacked(Attacks by) {
    return new EvaluationRequest(
        bench, targets, patches, evaluators, seeds, judging, vocabulary, store, command, by);
  }
}
