package dev.forgetmenot.studio.evaluate;

import com.google.gson.JsonObject;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchJudge.Listed;
import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.ReportWriter;
import dev.forgetmenot.evaluation.report.TerminalTable;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.evaluate.AttackSelection;
import dev.forgetmenot.host.evaluate.EvaluationChoice;
import dev.forgetmenot.host.evaluate.EvaluationJob;
import dev.forgetmenot.host.evaluate.EvaluationRequest;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.ListedJudges;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.job.AskedKind;
import dev.forgetmenot.studio.job.JsonTexts;
import dev.forgetmenot.studio.job.RequestFields;
import dev.forgetmenot.studio.job.RunningJob;
import dev.forgetmenot.studio.patch.SentPatches;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures patches by a list of the program: {@code {"list": "emoji", "patches": [{"id": …,
 * "strength": …}], "concepts": [name, …], "evaluators": [name, …], "seeds": n, "dryRun": true}}, of
 * which the list and either patches or concepts are needed. The result: {@code {"lines": …,
 * "report": file}}, or of a dry run {@code {"lines": …}}. Images are kept, so that one that was
 * stopped goes on.
 *
 * @param model waited for while it is loaded
 * @param trust says who signed the patches and what the user decided
 */
public record EvaluateKind(
    ServedModel model, EvaluationSource source, SentPatches patches, PatchVerifier trust)
    implements AskedKind {
  private static final int MOST_SEEDS = 1000;

  @Override
  public String name() {
    return "evaluate";
  }

  private static EvaluationChoice choice(JsonObject request) {
    RequestFields fields = new RequestFields(request);
    return new EvaluationChoice(
        fields.oneOf("list", Bench.shipped()),
        fields.texts("concepts"),
        fields.texts("evaluators"),
        fields.number("seeds", 1, MOST_SEEDS));
  }

  @Override
  public String check(JsonObject request) throws IOException {
    EvaluationChoice choice = choice(request);
    if (source.evaluators().isEmpty()) {
      throw new IllegalArgumentException(
          "nothing evaluates: the model is being loaded, or the jar of plugin-evaluate is missing");
    }
    choice.evaluators(source.evaluators());
    try (PatchSet set = trust.open(patches.requests(request))) {
      List<String> targets =
          choice.targets(Bench.read(choice.list()), set).concepts().stream()
              .map(one -> one.name())
              .toList();
      return "evaluate " + String.join(", ", targets);
    }
  }

  @Override
  public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
    running.progress("waiting for the model", 0, 0);
    NamedModel hosted = model.awaitBase();
    running.progress("planning", 0, 0);
    EvaluationChoice choice = choice(request);
    Bench bench = ListedJudges.read(choice.list());
    EvaluationSetup judging = source.judging().orElse(bench.judge().text().map(Listed::path));
    try (PatchSet set = trust.open(patches.requests(request))) {
      EvaluationRequest asked =
          new EvaluationRequest(
                  bench,
                  choice.targets(bench, set),
                  set,
                  choice.evaluators(source.evaluators()),
                  choice.seeds(),
                  judging,
                  ListedJudges.vocabulary(bench, judging, source.vocabulary()),
                  source.store(),
                  CommandContext.line(choice.words(set)))
              .attacked(AttackSelection.OF_LIST.of(bench, source.attacks()));
      try (EvaluationJob job = new EvaluationJob(asked, source.loader(), hosted, running)) {
        if (new RequestFields(request).flag("dryRun", false)) {
          job.sayPlan(job.plan().units(), false, source.store(), "--store");
          return result(running.lines());
        }
        EvaluationReport report = job.evaluate(folder.resolve("report"));
        JsonObject json = result(TerminalTable.lines(report));
        json.addProperty("report", "report/" + ReportWriter.PAGE);
        return json;
      } finally {
        hosted.model().repatch(List.of());
      }
    }
  }

  /** Lines without places on disk. */
  private JsonObject result(List<String> lines) {
    String place = source.store().toString();
    JsonObject json = new JsonObject();
    json.add(
        "lines",
        JsonTexts.array(
            lines.stream().map(line -> line.replace(place, "the store of images")).toList()));
    return json;
  }
}
