package dev.forgetmenot.studio.evaluate;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.ModelLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Evaluators that a test gives, and nothing that judges.
 *
 * @param store where images are kept
 */
public record FixedEvaluations(List<Evaluator> evaluators, Path store) implements EvaluationSource {
  @Override
  public List<Attack> attacks() {
    return List.of();
  }

  @Override
  public EvaluationSetup judging() {
    return EvaluationSetup.NONE;
  }

  @Override
  public Optional<Path> vocabulary() {
    return Optional.empty();
  }

  @Override
  public ModelLoader loader() {
    throw new IllegalStateException("nothing is loaded here");
  }
}
