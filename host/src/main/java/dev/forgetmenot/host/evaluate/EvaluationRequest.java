package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.edit.KnownConcepts;
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
    String command) {
  /** Copies the list. */
  public EvaluationRequest {
    evaluators = List.copyOf(evaluators);
  }
}
