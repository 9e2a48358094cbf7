package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.evaluation.report.TerminalTable;
import dev.forgetmenot.evaluation.run.EvaluationPart;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.evaluate.EvaluationJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fmn evaluate}: how well a model forgot, and what that cost. */
@Command(
    name = "evaluate",
    description = {
      "Measure whether a model under patches still draws what it should forget, and what that cost.",
      "docs/evaluation.md explains plans, the store of images, parts and reports."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class EvaluateCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "LIST",
      description = "A list of concepts that comes with the program, or a YAML file.")
  private String list;

  @Mixin private EvaluationOptions options;

  @Option(
      names = "--plan",
      description = "Write plan.jsonl, say what it takes, and stop before an image is drawn.")
  private boolean planOnly;

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      converter = ShardArgument.class,
      description = "Draw part I of N into the folder of -o; fmn evaluate merge joins the parts.")
  private ShardArgument.Shard shard; // null for all

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "evaluation",
      description = "Where plan and report go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private OverwriteOption overwrite;

  private EvaluateCommand(CommandContext context) {
    this.context = context;
  }

  /** The command with all that belongs to it. */
  public static CommandLine of(CommandContext context) {
    CommandLine line = new CommandLine(new EvaluateCommand(context));
    InstalledInHelp.add(
        line,
        context,
        "Evaluators",
        Evaluator.class,
        one ->
            Message.of(
                "%s: %s%s",
                one.name(), one.summary(), one.byDefault() ? "" : " Only where it is named."));
    line.addSubcommand(new EvaluateCheckCommand(context));
    line.addSubcommand(new EvaluateCompareCommand(context));
    line.addSubcommand(new EvaluateJudgesCommand(context));
    line.addSubcommand(new EvaluateMergeCommand(context));
    return line;
  }

  @Override
  public Integer call() throws IOException {
    if (list == null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          Message.of(
              "name a list (%s or a YAML file), or one of the commands %s",
              String.join(", ", Bench.shipped()), String.join(", ", spec.subcommands().keySet())));
    }
    if (!planOnly && shard == null) {
      overwrite.check(output.resolve(ReportWriter.JSON));
    }
    options.run(context, list, this::work);
    return ExitCodes.DONE;
  }

  private void work(EvaluationJob job) throws IOException {
    if (shard != null) {
      EvaluationPart part =
          new EvaluationPart(
              output,
              job.plan(),
              shard.number(),
              shard.of(),
              new RecordedWords(spec.commandLine().getParseResult()).all());
      if (planOnly) {
        job.sayPlan(part.units(), true, output, "-o");
        part.write();
      } else {
        job.draw(part);
        context.say(Message.of("wrote part %s to %s", part.name(), output));
      }
    } else if (planOnly) {
      plan(job, output);
      context.say("wrote " + output.resolve(EvaluationPart.PLAN));
    } else {
      say(context, job.evaluate(output), output);
    }
  }

  /** Writes the plan of a whole evaluation, and says what it takes. */
  static void plan(EvaluationJob job, Path folder) throws IOException {
    Files.createDirectories(folder);
    job.plan().write(folder.resolve(EvaluationPart.PLAN));
    job.sayPlan(job.plan().units(), false, folder, "-o");
  }

  /** What the terminal says of a report; the most important last. */
  static void say(CommandContext context, EvaluationReport report, Path folder) {
    context.say(
        Message.of(
            "wrote %s, %s and the tables beside it",
            folder.resolve(ReportWriter.PAGE), ReportWriter.JSON));
    TerminalTable.lines(report).forEach(context::say);
  }
}
