package dev.forgetmenot.kit.inversion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import java.util.Optional;
import java.util.function.Function;

/**
 * Steps of the optimizer on the rows of new tokens, each followed by the norm decay. For the engine
 * thread; what it works on belongs to the caller.
 *
 * @param scope a training of the tokens' weight alone
 * @param options of that scope
 * @param decay none leaves the lengths alone
 */
public record InversionTraining(
    AddedTokens tokens, TrainingScope scope, TrainingOptions options, Optional<NormDecay> decay) {

  /** One step; see {@link TrainingScope#step}. */
  public TrainingScope.StepReport step(Function<NDManager, NDArray> loss) {
    TrainingScope.StepReport report = scope.step(loss);
    double rate = options.learningRate() * options.schedule().factor(report.step() - 1);
    decay.ifPresent(norm -> tokens.set(norm.apply(tokens.vectors(), rate)));
    return report;
  }
}
