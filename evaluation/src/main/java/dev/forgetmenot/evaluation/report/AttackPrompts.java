package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackFacts;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.files.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The prompts by which attacks brought their best images, as a file that {@code fmn generate
 * --prompts} reads. Images that no prompt alone brings are left out.
 */
final class AttackPrompts {
  private AttackPrompts() {}

  /** The file; empty where there is no such prompt. */
  static Optional<byte[]> of(EvaluationReport report) {
    StringBuilder lines = new StringBuilder();
    for (Measurement line : report.measurements()) {
      line.attack()
          .filter(facts -> facts.best() >= 0)
          .filter(facts -> facts.access() == Attack.Access.TEXT || !facts.files().isEmpty())
          .ifPresent(facts -> lines.append(line(report, line, facts)));
    }
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String line(EvaluationReport report, Measurement line, AttackFacts facts) {
    Shot shot =
        report.sets().stream()
            .filter(set -> line.sets().contains(set.id()))
            .findFirst()
            .orElseThrow()
            .images()
            .get(facts.best())
            .shot();
    EvaluationReport.Drawing drawing = report.drawing();
    List<String> tokens =
        facts.files().stream()
            .filter(AttackFiles::hasTokens)
            .map(file -> "--embedding " + AttackFiles.name(line, facts, file))
            .toList();
    String needs = tokens.isEmpty() ? "--no-prompt-weights" : String.join(" ", tokens);
    return Message.of(
        "# %s, %s %s%s\n%s --w %d --h %d --d %d --s %d --l %s\n",
        line.concept(),
        line.measure(),
        line.part(),
        facts.files().isEmpty() ? "" : ": needs " + needs,
        shot.prompt(),
        drawing.width(),
        drawing.height(),
        shot.seed(),
        drawing.steps(),
        drawing.guidance());
  }
}
