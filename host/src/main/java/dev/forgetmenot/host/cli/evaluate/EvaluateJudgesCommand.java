package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchJudge.Listed;
import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.JudgingTable;
import dev.forgetmenot.evaluation.run.Targets;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.StoreOption;
import dev.forgetmenot.host.evaluate.EvaluationJob;
import dev.forgetmenot.host.evaluate.EvaluationRequest;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.ListedJudges;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn evaluate judges}: how good the judges are on the untouched model. */
@Command(
    name = "judges",
    description = {
      "Draw the calibration images of all concepts of a list with the untouched model, and write how",
      "often each judge is right on each of them. docs/judging.md explains the table."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EvaluateJudgesCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "LIST", description = "A list of the program, or a YAML file.")
  private String list;

  @Mixin private StoreOption store;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "judges",
      description = "Where table and report go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private OverwriteOption overwrite;

  @Mixin private JudgeOptions judge;

  @Mixin private ModelOptions options;

  EvaluateJudgesCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Path table = output.resolve(JudgingTable.FILE);
    overwrite.check(table);
    Bench bench = ListedJudges.read(list);
    EvaluationSetup judging =
        judge.judging(options.folder()).orElse(bench.judge().text().map(Listed::path));
    try (PatchSet none = PatchSet.open(List.of());
        HostPluginManager plugins = options.plugins().start(context.console())) {
      EvaluationRequest request =
          new EvaluationRequest(
              bench,
              new Targets(bench.concepts(), List.of(), List.of()),
              none,
              List.of(),
              OptionalInt.empty(),
              judging,
              ListedJudges.vocabulary(bench, judging, judge.vocabulary()),
              store.folder(),
              "fmn evaluate judges " + Path.of(list).getFileName());
      ModelLoader loader = options.loader(plugins);
      try (NamedModel hosted = loader.load(List.of());
          EvaluationJob job = new EvaluationJob(request, loader, hosted, context)) {
        EvaluationReport report = job.evaluate(output);
        AtomicFile.write(
            table, new JudgingTable(report).markdown().getBytes(StandardCharsets.UTF_8));
        new JudgingTable(report).summary().forEach(context::say);
        context.say("wrote " + table);
      }
    }
    return ExitCodes.DONE;
  }
}
