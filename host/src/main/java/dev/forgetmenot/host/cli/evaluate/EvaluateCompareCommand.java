package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.evaluation.report.ComparedRun;
import dev.forgetmenot.evaluation.report.Comparison;
import dev.forgetmenot.evaluation.report.PublishedTable;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn evaluate compare}: reports of several runs side by side. */
@Command(
    name = "compare",
    description = {
      "Lay the reports of several runs side by side, paired by prompt and seed; no model is loaded.",
      "They must be of one list, base model and set of judges. docs/evaluation.md explains the tables."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EvaluateCompareCommand implements Callable<Integer> {
  private static final String PAGE = ".html";

  private final CommandContext context;

  @Parameters(
      arity = "2..*",
      paramLabel = "DIR",
      description = "The folders of the reports; each is tested against the first.")
  private List<Path> folders;

  @Option(
      names = "--beside",
      paramLabel = "NAME",
      description =
          "Published numbers to lay beside: unlearncanvas-style, unlearncanvas-object, speed or"
              + " unlearndiffatk; repeatable.")
  private List<String> beside = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Where the tables go: a page if it ends in .html, else Markdown (default: here).")
  private Path output; // null for the terminal

  @Mixin private OverwriteOption overwrite;

  EvaluateCompareCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (output != null) {
      overwrite.check(output);
    }
    Comparison comparison = new Comparison(ComparedRun.read(folders), PublishedTable.of(beside));
    if (output == null) {
      context.say(comparison.markdown().stripTrailing());
    } else {
      AtomicFile.write(
          output,
          output.toString().endsWith(PAGE)
              ? comparison.html()
              : comparison.markdown().getBytes(StandardCharsets.UTF_8));
      context.say("wrote " + output);
    }
    return ExitCodes.DONE;
  }
}
