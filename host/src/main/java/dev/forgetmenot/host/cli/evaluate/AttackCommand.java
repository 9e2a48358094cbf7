package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchModel;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.evaluate.AttackSelection;
import dev.forgetmenot.host.evaluate.EvaluationChoice;
import dev.forgetmenot.host.evaluate.EvaluationJob;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn attack}: whether a forgotten concept can be brought back. */
@Command(
    name = "attack",
    description = {
      "Try to bring back what patches made a model forget, each attack beside its controls.",
      "docs/attacks.md says what each attack does, and what its controls are."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class AttackCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(
      paramLabel = "NAME",
      description = "The concept that was to be forgotten, as the list names it.")
  private String concept;

  @Option(
      names = "--attack",
      paramLabel = "NAME",
      description = "An attack; repeatable (default: all of the installed plugins).")
  private List<String> attacks = new ArrayList<>();

  @Option(
      names = "--budget",
      paramLabel = "WORD",
      defaultValue = "quick",
      description =
          "How much work: quick, standard, or paper, the published budgets (default:"
              + " ${DEFAULT-VALUE}).")
  private String budget;

  @Option(
      names = "--list",
      paramLabel = "LIST",
      description =
          "A list of concepts that comes with the program, or a YAML file (default: the one of the"
              + " program's own model, or that of large models where a model is named).")
  private String list; // null where nothing is said

  @Option(names = "--plan", description = "Say what it takes, and stop before an image is drawn.")
  private boolean planOnly;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "attacks",
      description = "Where plan and report go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private OverwriteOption overwrite;

  @Mixin private EvaluatedModel model;

  private AttackCommand(CommandContext context) {
    this.context = context;
  }

  /** The command; its help page names the attacks of the installed plugins. */
  public static CommandLine of(CommandContext context) {
    CommandLine line = new CommandLine(new AttackCommand(context));
    InstalledInHelp.add(
        line,
        context,
        "Attacks",
        Attack.class,
        one ->
            Message.of(
                "%s (%s%s): %s",
                one.name(),
                one.access().word(),
                one.adaptive() ? ", adaptive" : "",
                one.summary()));
    return line;
  }

  @Override
  public Integer call() throws IOException {
    AttackBudget work = AttackBudget.of(budget.toLowerCase(Locale.ROOT));
    if (!planOnly) {
      overwrite.check(output.resolve(ReportWriter.JSON));
    }
    String asked = list == null ? listFor(model.named()) : list;
    EvaluationChoice choice =
        new EvaluationChoice(
            asked, List.of(concept), List.of(EvaluationJob.ATTACKS), OptionalInt.of(work.images()));
    model.run(
        context,
        choice,
        new AttackSelection(attacks, Optional.of(work)),
        patches -> words(patches, choice),
        this::attack);
    return ExitCodes.DONE;
  }

  /** Of the program's lists that of a model's own size, or that of small images. */
  private static String listFor(boolean large) throws IOException {
    String found = "";
    int width = large ? 0 : Integer.MAX_VALUE;
    for (String name : Bench.shipped()) {
      BenchModel drawn = Bench.read(name).model();
      int own = drawn.isOwnSize() ? Integer.MAX_VALUE : drawn.width();
      if (large ? own > width : own < width) {
        found = name;
        width = own;
      }
    }
    return found;
  }

  private void attack(EvaluationJob job) throws IOException {
    if (planOnly) {
      EvaluateCommand.plan(job, output);
    } else {
      EvaluateCommand.say(context, job.evaluate(output), output);
    }
  }

  /** The command that makes the same again, wherever the files are. */
  private List<String> words(PatchSet patches, EvaluationChoice choice) {
    List<String> words = new ArrayList<>(List.of("fmn", "attack", concept));
    words.addAll(choice.patchWords(patches));
    attacks.forEach(attack -> words.addAll(List.of("--attack", attack)));
    words.addAll(List.of("--budget", budget));
    if (list != null) {
      words.addAll(List.of("--list", String.valueOf(Path.of(list).getFileName())));
    }
    return words;
  }
}
