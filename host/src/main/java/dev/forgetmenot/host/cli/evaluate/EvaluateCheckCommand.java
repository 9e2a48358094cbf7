package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.ConceptKind;
import dev.forgetmenot.evaluation.bench.NeverKnown;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.evaluate.ListedJudges;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fmn evaluate check}: whether a list of concepts can be used. */
@Command(
    name = "check",
    description = {
      "Read a list of concepts and say all its mistakes, with line and column; no model is loaded.",
      "docs/concept-bench.md describes lists."
    },
    mixinStandardHelpOptions = true)
final class EvaluateCheckCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "LIST", description = "A list of the program, or a YAML file.")
  private String list;

  EvaluateCheckCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Bench bench = ListedJudges.read(list);
    context.say(
        bench.name()
            + ", version "
            + bench.version()
            + ": "
            + bench.concepts(ConceptKind.IDENTITY).size()
            + " identities, "
            + bench.concepts(ConceptKind.OBJECT).size()
            + " objects, "
            + bench.concepts(ConceptKind.STYLE).size()
            + " styles, "
            + bench.concepts(ConceptKind.BROAD).size()
            + " groups, "
            + bench.general().prompts().size()
            + " general prompts; no mistakes.");
    context.say(
        bench.never().isEmpty()
            ? "It names no concept that the model never knew: there will be no M* and no floor."
            : "Never known: "
                + bench.never().stream().map(NeverKnown::name).collect(Collectors.joining(", ")));
    return ExitCodes.DONE;
  }
}
