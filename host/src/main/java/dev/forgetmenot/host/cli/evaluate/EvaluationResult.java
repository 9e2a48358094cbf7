package dev.forgetmenot.host.cli.evaluate;

import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.evaluation.report.TerminalTable;
import dev.forgetmenot.host.cli.shell.CommandContext;
import java.nio.file.Path;

/** What the terminal says of a report. */
final class EvaluationResult {
  private EvaluationResult() {}

  static void say(CommandContext context, EvaluationReport report, Path folder) {
    TerminalTable.lines(report).forEach(context::say);
    context.say("wrote " + folder.resolve(ReportWriter.PAGE));
  }
}
