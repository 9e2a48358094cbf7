package dev.forgetmenot.studio.evaluate;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What evaluations need beside the model. Any thread. */
public interface EvaluationSource {
  /** The evaluators of plugins, in the order of a report; none before the model is loaded. */
  List<Evaluator> evaluators();

  /** The attacks of the installed plugins; none before the model is loaded. */
  List<Attack> attacks();

  /**
   * What judges images of the model.
   *
   * @throws IOException if a file is missing or broken
   */
  EvaluationSetup judging() throws IOException;

  /** The file of what the model is known to draw, if the user named one. */
  Optional<Path> vocabulary();

  /** Where images of evaluations are kept. */
  Path store();

  /**
   * What loaded the model.
   *
   * @throws IOException if the model cannot be found
   */
  ModelLoader loader() throws IOException;
}
