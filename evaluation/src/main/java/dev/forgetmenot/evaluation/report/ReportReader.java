package dev.forgetmenot.evaluation.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackFacts;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Question;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.report.EvaluationReport.AbsentJudge;
import dev.forgetmenot.evaluation.report.EvaluationReport.Accuracy;
import dev.forgetmenot.evaluation.report.EvaluationReport.Base;
import dev.forgetmenot.evaluation.report.EvaluationReport.BenchSource;
import dev.forgetmenot.evaluation.report.EvaluationReport.CalibratedConcept;
import dev.forgetmenot.evaluation.report.EvaluationReport.CalibrationAgreement;
import dev.forgetmenot.evaluation.report.EvaluationReport.Drawing;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import dev.forgetmenot.evaluation.report.EvaluationReport.Judging;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.report.EvaluationReport.PatchTraining;
import dev.forgetmenot.evaluation.report.EvaluationReport.Target;
import dev.forgetmenot.evaluation.report.EvaluationReport.TestedPatch;
import dev.forgetmenot.evaluation.report.EvaluationReport.Tool;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.TextFile;
import dev.forgetmenot.kit.evaluate.Count;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads {@code report.json}. Verdicts and agreement are not read: they follow from the rest. */
public final class ReportReader {
  private ReportReader() {}

  /**
   * Reads a report.
   *
   * @param file {@code report.json}, or the folder of a report
   * @throws IOException if it cannot be read, or is no report of this version
   */
  public static EvaluationReport read(Path file) throws IOException {
    Path json =
        file.getFileName() != null && file.getFileName().toString().endsWith(".json")
            ? file
            : file.resolve(ReportWriter.JSON);
    String text = TextFile.read(json);
    try {
      JsonObject root = JsonParser.parseString(text).getAsJsonObject();
      if (!ReportJson.FORMAT.equals(string(root, "format"))
          || root.get("version").getAsInt() != ReportJson.VERSION) {
        throw new IOException(
            Message.of(
                "%s is not a report of version %d; make it again by fmn evaluate",
                json, ReportJson.VERSION));
      }
      return report(root);
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | IllegalArgumentException
        | UnsupportedOperationException e) {
      throw new IOException(
          Message.of(
              "%s is not a whole report: %s. Make it again by fmn evaluate", json, e.getMessage()),
          e);
    }
  }

  private static EvaluationReport report(JsonObject json) {
    JsonObject bench = json.getAsJsonObject("bench");
    JsonObject base = json.getAsJsonObject("base");
    JsonObject tool = json.getAsJsonObject("tool");
    JsonObject drawing = json.getAsJsonObject("drawing");
    return new EvaluationReport(
        new BenchSource(
            string(bench, "name"),
            bench.get("version").getAsInt(),
            string(bench, "sha256"),
            string(bench, "preset")),
        new Base(string(base, "root"), string(base, "label")),
        list(
            json,
            "patches",
            patch ->
                new TestedPatch(
                    string(patch, "id"),
                    string(patch, "name"),
                    patch.get("strength").getAsDouble(),
                    Optional.ofNullable(patch.getAsJsonObject("training"))
                        .map(ReportReader::training))),
        new Tool(string(tool, "version"), string(tool, "numerics")),
        string(json, "plan"),
        new Drawing(
            string(drawing, "sampler"),
            drawing.get("steps").getAsInt(),
            drawing.get("guidance").getAsDouble(),
            drawing.get("width").getAsInt(),
            drawing.get("height").getAsInt(),
            string(drawing, "negative")),
        list(
            json,
            "targets",
            target ->
                new Target(
                    string(target, "name"), string(target, "phrase"), strings(target, "labels"))),
        judging(json),
        list(json, "parts", ReportReader::part),
        list(json, "sets", ReportReader::set),
        Optional.ofNullable(json.get("restored")).map(JsonElement::getAsBoolean),
        string(json, "command"));
  }

  private static PatchTraining training(JsonObject json) {
    return new PatchTraining(
        string(json, "method"), strings(json, "settings"), json.get("seed").getAsLong());
  }

  private static Judging judging(JsonObject json) {
    JsonObject calibration = json.getAsJsonObject("calibration");
    return new Judging(
        list(json, "judges", ReportReader::judge),
        list(
            json, "absentJudges", one -> new AbsentJudge(string(one, "id"), string(one, "reason"))),
        list(calibration, "concepts", ReportReader::calibrated),
        calibration.has("kappa")
            ? Optional.of(
                new CalibrationAgreement(
                    count(calibration, "disagreeing"), calibration.get("kappa").getAsDouble()))
            : Optional.empty());
  }

  private static CalibratedConcept calibrated(JsonObject json) {
    JsonObject right = json.getAsJsonObject("right");
    return new CalibratedConcept(
        string(json, "label"),
        right.keySet().stream()
            .collect(Collectors.toMap(Function.identity(), judge -> count(right, judge))),
        strings(json, "weak"));
  }

  private static JudgeUsed judge(JsonObject json) {
    JsonObject vocabulary = json.getAsJsonObject("vocabulary");
    JsonObject accuracy = json.getAsJsonObject("accuracy");
    return new JudgeUsed(
        string(json, "id"),
        string(json, "label"),
        string(json, "digest"),
        string(vocabulary, "sha256"),
        vocabulary.get("size").getAsInt(),
        json.get("tau").getAsDouble(),
        new Accuracy(
            count(accuracy, "target"), count(accuracy, "similar"), count(accuracy, "all")));
  }

  private static Part part(JsonObject json) {
    return new Part(
        string(json, "evaluator"),
        string(json, "summary"),
        list(json, "measures", ReportReader::measurement),
        list(
            json,
            "notTested",
            line ->
                new NotTested(
                    string(line, "measure"),
                    string(line, "concept"),
                    string(line, "part"),
                    string(line, "reason"))),
        json.get("unetEvaluations").getAsLong());
  }

  private static Measurement measurement(JsonObject json) {
    Map<String, Double> shares = new LinkedHashMap<>();
    json.getAsJsonArray("shares")
        .forEach(
            share ->
                shares.put(
                    string(share.getAsJsonObject(), "label"),
                    share.getAsJsonObject().get("share").getAsDouble()));
    return new Measurement(
        string(json, "measure"),
        string(json, "concept"),
        string(json, "part"),
        string(json, "judge"),
        Good.valueOf(string(json, "good").toUpperCase(Locale.ROOT)),
        Unit.valueOf(string(json, "unit").toUpperCase(Locale.ROOT)),
        reading(json, "original"),
        reading(json, "patched"),
        Optional.ofNullable(json.get("p")).map(JsonElement::getAsDouble),
        Optional.ofNullable(json.getAsJsonObject("question")).map(ReportReader::question),
        Optional.ofNullable(json.getAsJsonObject("attack")).map(ReportReader::attack),
        shares,
        string(json, "explanation"),
        string(json, "source"),
        strings(json, "sets"));
  }

  private static AttackFacts attack(JsonObject json) {
    return new AttackFacts(
        string(json, "attack"),
        Attack.Access.valueOf(string(json, "access").toUpperCase(Locale.ROOT)),
        json.get("adaptive").getAsBoolean(),
        AttackBudget.of(string(json, "budget")),
        json.get("unetEvaluations").getAsLong(),
        json.get("seconds").getAsDouble(),
        json.get("candidates").getAsInt(),
        reading(json, "luck").orElseThrow(),
        json.get("luckP").getAsDouble(),
        json.get("best").getAsInt(),
        string(json, "recipe"),
        string(json, "note"),
        strings(json, "files"));
  }

  private static Question question(JsonObject json) {
    return new Question(
        reading(json, "found").orElseThrow(),
        reading(json, "ceiling").orElseThrow(),
        reading(json, "floor").orElseThrow(),
        reading(json, "accuracy").orElseThrow(),
        json.get("p").getAsDouble());
  }

  private static Optional<Reading> reading(JsonObject parent, String name) {
    JsonObject json = parent.getAsJsonObject(name);
    if (json == null) {
      return Optional.empty();
    }
    boolean hasInterval = json.has("interval");
    return Optional.of(
        new Reading(
            json.has("value") ? json.get("value").getAsDouble() : Double.NaN,
            json.get("k").getAsInt(),
            json.get("n").getAsInt(),
            hasInterval ? json.getAsJsonArray("interval").get(0).getAsDouble() : Double.NaN,
            hasInterval ? json.getAsJsonArray("interval").get(1).getAsDouble() : Double.NaN));
  }

  private static DrawnSet set(JsonObject json) {
    return new DrawnSet(
        string(json, "id"), string(json, "title"), list(json, "images", ReportReader::shot));
  }

  private static DrawnShot shot(JsonObject json) {
    return new DrawnShot(
        new Shot(
            string(json, "prompt"),
            Long.parseLong(string(json, "seed")),
            string(json, "label"),
            ConceptType.of(string(json, "kind"))),
        unit(json.getAsJsonObject("original")),
        Optional.ofNullable(json.getAsJsonObject("patched")).map(ReportReader::unit));
  }

  private static JudgedUnit unit(JsonObject json) {
    Map<String, JudgedImage> answers = new HashMap<>();
    for (Map.Entry<String, JsonElement> entry : json.getAsJsonObject("answers").entrySet()) {
      JsonObject answer = entry.getValue().getAsJsonObject();
      answers.put(
          entry.getKey(),
          new JudgedImage(
              string(answer, "label"),
              answer.get("margin").getAsDouble(),
              answer.get("abstained").getAsBoolean()));
    }
    return new JudgedUnit(string(json, "key"), answers);
  }

  private static Count count(JsonObject parent, String name) {
    JsonObject json = parent.getAsJsonObject(name);
    return new Count(json.get("k").getAsInt(), json.get("n").getAsInt());
  }

  private static String string(JsonObject json, String name) {
    return json.get(name).getAsString();
  }

  private static List<String> strings(JsonObject json, String name) {
    return json.getAsJsonArray(name).asList().stream().map(JsonElement::getAsString).toList();
  }

  private static <T> List<T> list(JsonObject json, String name, Function<JsonObject, T> map) {
    return json.getAsJsonArray(name).asList().stream()
        .map(element -> map.apply(element.getAsJsonObject()))
        .toList();
  }
}
