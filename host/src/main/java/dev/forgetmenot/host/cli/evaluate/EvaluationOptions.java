package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.evaluate.AttackSelection;
import dev.forgetmenot.host.evaluate.EvaluationChoice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an evaluation is of: patches, model, judges, targets and evaluators. */
@Command
final class EvaluationOptions {
  @Option(
      names = "--concept",
      paramLabel = "NAME",
      description =
          "What was to be forgotten, as the list names it; repeatable (default: what the patches say"
              + " that they forget).")
  private List<String> concepts = new ArrayList<>();

  @Option(
      names = "--evaluator",
      paramLabel = "NAME",
      description = "What to measure; repeatable (default: all but those that take very long).")
  private List<String> evaluators = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "At most N images of each prompt or concept, for a first look (default: as the list"
              + " says).")
  private Integer seeds; // null where nothing is said

  @Mixin private EvaluatedModel model;

  /**
   * Loads the model and plans.
   *
   * @param list a list of the program, or a file
   */
  void run(CommandContext context, String list, EvaluatedModel.Work work) throws IOException {
    EvaluationChoice choice =
        new EvaluationChoice(
            list,
            concepts,
            evaluators,
            seeds == null ? OptionalInt.empty() : OptionalInt.of(seeds));
    model.run(context, choice, AttackSelection.OF_LIST, choice::words, work);
  }
}
