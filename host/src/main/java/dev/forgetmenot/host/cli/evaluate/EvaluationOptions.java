package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchJudge.Listed;
import dev.forgetmenot.evaluation.run.Targets;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.cli.shell.StoreOption;
import dev.forgetmenot.host.evaluate.EvaluationChoice;
import dev.forgetmenot.host.evaluate.EvaluationJob;
import dev.forgetmenot.host.evaluate.EvaluationRequest;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.ListedJudges;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.library.StackRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an evaluation is of: patches, model, judges, targets and evaluators. */
@Command
final class EvaluationOptions {
  @Mixin private PatchOptions patchOptions;

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

  @Mixin private StoreOption store;

  @Mixin private JudgeOptions judge;

  @Mixin private ModelOptions options;

  /** What is done with an evaluation. */
  @FunctionalInterface
  interface Work {
    void with(EvaluationJob job) throws IOException;
  }

  /**
   * Loads the model and plans.
   *
   * @param list a list of the program, or a file
   */
  void run(CommandContext context, String list, Work work) throws IOException {
    EvaluationChoice choice =
        new EvaluationChoice(
            list,
            concepts,
            evaluators,
            seeds == null ? OptionalInt.empty() : OptionalInt.of(seeds));
    Bench bench = ListedJudges.read(list);
    Optional<StackRecipe> recipe = patchOptions.recipe();
    try (PatchSet patches = patchOptions.open(context.console(), options.folder(), recipe)) {
      Targets targets = choice.targets(bench, patches);
      EvaluationSetup judging =
          judge.judging(options.folder()).orElse(bench.judge().text().map(Listed::path));
      try (HostPluginManager plugins = options.plugins().start(context.console())) {
        EvaluationRequest request =
            new EvaluationRequest(
                bench,
                targets,
                patches,
                choice.evaluators(plugins.ordered(Evaluator.class)),
                choice.seeds(),
                judging,
                ListedJudges.vocabulary(bench, judging, judge.vocabulary()),
                store.folder(),
                command(choice.words(patches)));
        ModelLoader loader = options.loader(plugins);
        try (NamedModel hosted = loader.load(List.of())) {
          hosted.model().notes().forEach(context.console()::note);
          if (recipe.isPresent()) {
            hosted.model().repatch(patches.requests());
            String proof =
                hosted
                    .model()
                    .engine()
                    .call(() -> recipe.get().check(hosted.model(), patches.requests()));
            hosted.model().repatch(List.of());
            context.say(proof);
          }
          try (EvaluationJob job = new EvaluationJob(request, loader, hosted, context)) {
            work.with(job);
          }
        }
      }
    }
  }

  /** What makes the same again, wherever the files are. */
  private String command(List<String> words) {
    options.given().ifPresent(model -> words.addAll(List.of("--model", name(model))));
    judge.clip().ifPresent(clip -> words.addAll(List.of("--clip", name(clip))));
    judge.vocabulary().ifPresent(file -> words.addAll(List.of("--known-concepts", name(file))));
    return CommandContext.line(words);
  }

  /** The last name of a path; paths of one machine are no part of a report. */
  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
