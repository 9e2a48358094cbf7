package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.evaluation.run.PartMerge;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.FormerOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fmn evaluate merge}: joins parts that several machines drew. */
@Command(
    name = "merge",
    description = {
      "Join the parts that fmn evaluate --shard drew, measure, and write the report.",
      "List, patches, model and settings are those of the parts; an option that is given here takes",
      "their place, where a file is in another folder on this machine."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EvaluateMergeCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "The folders of the parts.")
  private List<Path> folders;

  @Option(
      names = "--list",
      paramLabel = "LIST",
      description = "The list, where it is in another place on this machine.")
  private String list; // null for the recorded one

  @SuppressWarnings("UnusedVariable") // declares the options, which are read as words
  @Mixin
  private EvaluationOptions options;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "evaluation",
      description = "Where plan and report go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private OverwriteOption overwrite;

  EvaluateMergeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    overwrite.check(output.resolve(ReportWriter.JSON));
    PartMerge parts = PartMerge.of(folders, CommandContext::line);
    List<String> recorded = parts.parts().get(0).arguments();
    Recorded evaluation = new Recorded();
    CommandLine line = new CommandLine(evaluation);
    FormerOptions.addTo(line.getCommandSpec());
    line.setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(words(recorded).toArray(String[]::new));
    evaluation.options.run(
        context,
        evaluation.list,
        job -> EvaluateCommand.say(context, job.merge(parts, output), output));
    return ExitCodes.DONE;
  }

  /** The recorded words; an option of this command takes the place of all of that name. */
  private List<String> words(List<String> recorded) {
    List<OptionSpec> given =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .filter(
                option ->
                    !Set.of("--output", "--list", "--overwrite").contains(option.longestName()))
            .toList();
    Set<String> replaced =
        given.stream().map(OptionSpec::longestName).collect(Collectors.toUnmodifiableSet());
    List<String> words = new ArrayList<>();
    words.add(list == null ? recorded.get(0) : list);
    for (int i = 1; i < recorded.size(); i++) {
      OptionSpec option = spec.findOption(recorded.get(i));
      int values = option == null || option.arity().max() == 0 ? 0 : 1;
      if (!replaced.contains(recorded.get(i))) {
        words.addAll(recorded.subList(i, i + values + 1));
      }
      i += values;
    }
    given.forEach(option -> words.addAll(RecordedWords.words(option)));
    return words;
  }

  /** What a part recorded. */
  @Command
  private static final class Recorded {
    @Parameters private String list;

    @Mixin private EvaluationOptions options;
  }
}
