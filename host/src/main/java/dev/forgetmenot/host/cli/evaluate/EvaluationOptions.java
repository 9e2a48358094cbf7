package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchJudge.Listed;
import dev.forgetmenot.evaluation.run.Targets;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Suggestions;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.cli.shell.StoreOption;
import dev.forgetmenot.host.evaluate.EvaluationJob;
import dev.forgetmenot.host.evaluate.EvaluationRequest;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.ListedJudges;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
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
  /** The operation of patches that let a model forget. */
  private static final String FORGET = "forget";

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
    if (seeds != null && seeds < 1) {
      throw new IllegalArgumentException("--seeds should be 1 or more, not " + seeds);
    }
    Bench bench = ListedJudges.read(list);
    Optional<StackRecipe> recipe = patchOptions.recipe();
    try (PatchSet patches = patchOptions.open(context.console(), options.folder(), recipe)) {
      Targets targets = Targets.of(bench, forgotten(patches), concepts);
      EvaluationSetup judging =
          judge.judging(options.folder()).orElse(bench.judge().text().map(Listed::path));
      try (HostPluginManager plugins = options.plugins().start(context.console())) {
        EvaluationRequest request =
            new EvaluationRequest(
                bench,
                targets,
                patches,
                chosen(plugins),
                seeds == null ? OptionalInt.empty() : OptionalInt.of(seeds),
                judging,
                ListedJudges.vocabulary(bench, judging, judge.vocabulary()),
                store.folder(),
                command(list, patches));
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

  private static List<String> forgotten(PatchSet patches) {
    return patches.files().stream()
        .map(PatchFile::manifest)
        .map(Manifest::intent)
        .filter(intent -> intent.operation().equals(FORGET))
        .flatMap(intent -> intent.concepts().stream())
        .map(Manifest.IntentConcept::label)
        .distinct()
        .toList();
  }

  private List<Evaluator> chosen(HostPluginManager plugins) {
    List<Evaluator> all = plugins.ordered(Evaluator.class);
    if (all.isEmpty()) {
      throw new IllegalStateException(
          "no installed plugin evaluates: put the jar of plugin-evaluate into the plugins folder"
              + " ('fmn plugins' lists what is there)");
    }
    List<String> names = all.stream().map(Evaluator::name).toList();
    for (String name : evaluators) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            Message.of(
                "no evaluator is named '%s'; the nearest of %s is %s",
                name, names, Suggestions.of(name, names).get(0)));
      }
    }
    return all.stream()
        .filter(one -> evaluators.isEmpty() ? one.byDefault() : evaluators.contains(one.name()))
        .toList();
  }

  /** What makes the same again, wherever the files are. */
  private String command(String list, PatchSet patches) {
    List<String> words = new ArrayList<>(List.of("fmn", "evaluate"));
    words.add(name(Path.of(list)));
    patches
        .requests()
        .forEach(
            patch -> {
              String name = patch.open().orElseThrow().manifest().name();
              words.add("--patch");
              words.add(name + ".fmnpatch" + (patch.strength() == 1 ? "" : ":" + patch.strength()));
            });
    concepts.forEach(concept -> words.addAll(List.of("--concept", concept)));
    evaluators.forEach(evaluator -> words.addAll(List.of("--evaluator", evaluator)));
    if (seeds != null) {
      words.addAll(List.of("--seeds", seeds.toString()));
    }
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
