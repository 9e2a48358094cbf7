package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.host.cli.shell.CommandContext;
import java.nio.file.Path;

/** What the terminal says of a report. */
final class EvaluationResult {
  private EvaluationResult() {}

  static void say(CommandContext context, EvaluationReport report, Path folder) {
    report
        .measurements()
        .forEach(
            one ->
                context.say(
                    one.measure()
                        + " "
                        + one.concept()
                        + " "
                        + one.part()
                        + " "
                        + one.judge()
                        + ": "
                        + one.original()
                        + " -> "
                        + one.patched()));
    context.say("wrote " + folder.resolve(ReportWriter.JSON));
  }
}
