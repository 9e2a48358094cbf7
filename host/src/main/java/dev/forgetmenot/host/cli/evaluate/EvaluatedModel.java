package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchJudge.Listed;
import dev.forgetmenot.evaluation.run.Targets;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.cli.shell.StoreOption;
import dev.forgetmenot.host.evaluate.AttackSelection;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The options of patches, model, judges and store of commands that evaluate. */
@Command
final class EvaluatedModel {
  @Mixin private PatchOptions patchOptions;

  @Mixin private StoreOption store;

  @Mixin private JudgeOptions judge;

  @Mixin private ModelOptions options;

  /** What is done with an evaluation. */
  @FunctionalInterface
  interface Work {
    void with(EvaluationJob job) throws IOException;
  }

  /** Whether the user named a model. */
  boolean named() {
    return options.given().isPresent();
  }

  /**
   * Loads the model and plans.
   *
   * @param attacks which attacks, should the evaluator of attacks be asked for
   * @param words what makes the same again but for the options of here
   */
  void run(
      CommandContext context,
      EvaluationChoice choice,
      AttackSelection attacks,
      Function<PatchSet, List<String>> words,
      Work work)
      throws IOException {
    Bench bench = ListedJudges.read(choice.list());
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
                    command(words.apply(patches)))
                .attacked(attacks.of(bench, plugins.ordered(Attack.class)));
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
