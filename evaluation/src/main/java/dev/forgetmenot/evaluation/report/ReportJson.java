package dev.forgetmenot.evaluation.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.evaluation.AttackFacts;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.judge.Agreement;
import dev.forgetmenot.evaluation.report.EvaluationReport.AbsentJudge;
import dev.forgetmenot.evaluation.report.EvaluationReport.CalibratedConcept;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgeUsed;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import dev.forgetmenot.evaluation.report.EvaluationReport.Judging;
import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import dev.forgetmenot.evaluation.report.EvaluationReport.PatchTraining;
import dev.forgetmenot.evaluation.report.EvaluationReport.Target;
import dev.forgetmenot.evaluation.report.EvaluationReport.TestedPatch;
import dev.forgetmenot.evaluation.unit.CanonicalJson;
import dev.forgetmenot.kit.evaluate.Count;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Function;

/** {@code report.json}: canonical JSON (RFC 8785) as docs/evaluation-report.schema.json says. */
final class ReportJson {
  static final String FORMAT = "fmn-report";
  static final int VERSION = 1;

  private ReportJson() {}

  static byte[] bytes(EvaluationReport report) {
    return CanonicalJson.bytes(of(report));
  }

  static JsonObject of(EvaluationReport report) {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("version", VERSION);
    JsonObject bench = object("name", report.bench().name());
    bench.addProperty("version", report.bench().version());
    bench.addProperty("sha256", report.bench().sha256());
    bench.addProperty("preset", report.bench().preset());
    json.add("bench", bench);
    json.add("base", object("root", report.base().root(), "label", report.base().label()));
    json.add("patches", array(report.patches(), ReportJson::patch));
    json.add(
        "tool", object("version", report.tool().version(), "numerics", report.tool().numerics()));
    json.addProperty("plan", report.plan());
    json.add("drawing", drawing(report.drawing()));
    json.add("targets", array(report.targets(), ReportJson::target));
    json.add("judges", array(report.judges(), ReportJson::judge));
    json.add("absentJudges", array(report.judging().absent(), ReportJson::absent));
    json.add("calibration", calibration(report.judging()));
    json.add("agreement", array(SetAgreement.of(report), ReportJson::agreement));
    Family family = Family.of(report);
    json.add("parts", array(report.parts(), part -> part(part, family)));
    json.add("sets", array(report.sets(), ReportJson::set));
    json.add("family", family(family));
    report.restored().ifPresent(restored -> json.addProperty("restored", restored));
    json.addProperty("command", report.command());
    return json;
  }

  private static JsonObject patch(TestedPatch patch) {
    JsonObject json = object("id", patch.id(), "name", patch.name());
    json.addProperty("strength", patch.strength());
    patch.training().ifPresent(training -> json.add("training", training(training)));
    return json;
  }

  private static JsonObject training(PatchTraining training) {
    JsonObject json = object("method", training.method());
    json.add("settings", strings(training.settings()));
    json.addProperty("seed", training.seed());
    return json;
  }

  private static JsonObject drawing(EvaluationReport.Drawing drawing) {
    JsonObject json = object("sampler", drawing.sampler(), "negative", drawing.negative());
    json.addProperty("steps", drawing.steps());
    json.addProperty("guidance", drawing.guidance());
    json.addProperty("width", drawing.width());
    json.addProperty("height", drawing.height());
    return json;
  }

  private static JsonObject target(Target target) {
    JsonObject json = object("name", target.name(), "phrase", target.phrase());
    json.add("labels", strings(target.labels()));
    return json;
  }

  private static JsonObject judge(JudgeUsed judge) {
    JsonObject json = object("id", judge.id(), "label", judge.label(), "digest", judge.digest());
    JsonObject vocabulary = object("sha256", judge.vocabularySha256());
    vocabulary.addProperty("size", judge.vocabulary());
    json.add("vocabulary", vocabulary);
    json.addProperty("tau", judge.tau());
    JsonObject accuracy = new JsonObject();
    accuracy.add("target", count(judge.accuracy().target()));
    accuracy.add("similar", count(judge.accuracy().similar()));
    accuracy.add("all", count(judge.accuracy().all()));
    json.add("accuracy", accuracy);
    return json;
  }

  private static JsonObject agreement(SetAgreement of) {
    JsonObject json = object("set", of.set().id(), "state", word(of.state()));
    json.add("judges", strings(of.judges()));
    Agreement agreement = of.agreement();
    json.add("disagreeing", count(new Count(agreement.disagreeing().size(), agreement.images())));
    json.addProperty("kappa", agreement.kappa());
    return json;
  }

  private static JsonObject absent(AbsentJudge judge) {
    return object("id", judge.id(), "reason", judge.reason());
  }

  private static JsonObject calibration(Judging judging) {
    JsonObject json = new JsonObject();
    json.add("concepts", array(judging.calibration(), ReportJson::calibrated));
    judging
        .agreement()
        .ifPresent(
            agreement -> {
              json.add("disagreeing", count(agreement.disagreeing()));
              json.addProperty("kappa", agreement.kappa());
            });
    return json;
  }

  private static JsonObject calibrated(CalibratedConcept concept) {
    JsonObject json = object("label", concept.label());
    JsonObject right = new JsonObject();
    concept.right().forEach((judge, count) -> right.add(judge, count(count)));
    json.add("right", right);
    json.add("weak", strings(concept.weak()));
    return json;
  }

  private static JsonObject part(Part part, Family family) {
    JsonObject json = object("evaluator", part.evaluator(), "summary", part.summary());
    json.add("measures", array(part.measurements(), line -> measurement(line, family)));
    json.add("notTested", array(part.notTested(), ReportJson::notTested));
    json.addProperty("unetEvaluations", part.unetEvaluations());
    return json;
  }

  private static JsonObject notTested(NotTested line) {
    return object(
        "measure",
        line.measure(),
        "concept",
        line.concept(),
        "part",
        line.part(),
        "reason",
        line.reason());
  }

  private static JsonObject measurement(Measurement line, Family family) {
    JsonObject json =
        object(
            "measure",
            line.measure(),
            "concept",
            line.concept(),
            "part",
            line.part(),
            "judge",
            line.judge(),
            "good",
            word(line.good()),
            "unit",
            word(line.unit()));
    line.original().ifPresent(reading -> json.add("original", reading(reading)));
    line.patched().ifPresent(reading -> json.add("patched", reading(reading)));
    line.p().ifPresent(p -> json.addProperty("p", p));
    family.of(line).ifPresent(test -> json.add("question", question(test)));
    line.attack().ifPresent(facts -> json.add("attack", attack(facts)));
    json.add(
        "shares",
        array(line.shares().entrySet(), share -> share(share.getKey(), share.getValue())));
    json.addProperty("explanation", line.explanation());
    json.addProperty("source", line.source());
    json.add("sets", strings(line.sets()));
    return json;
  }

  private static JsonObject share(String label, double share) {
    JsonObject json = object("label", label);
    json.addProperty("share", share);
    return json;
  }

  private static JsonObject attack(AttackFacts facts) {
    JsonObject json =
        object(
            "attack",
            facts.attack(),
            "access",
            facts.access().word(),
            "budget",
            facts.budget().word(),
            "recipe",
            facts.recipe(),
            "note",
            facts.note());
    json.addProperty("adaptive", facts.adaptive());
    json.addProperty("unetEvaluations", facts.unetEvaluations());
    json.addProperty("seconds", facts.seconds());
    json.addProperty("candidates", facts.candidates());
    json.add("luck", reading(facts.luck()));
    json.addProperty("luckP", facts.luckP());
    json.addProperty("best", facts.best());
    json.add("files", strings(facts.files()));
    return json;
  }

  private static JsonObject question(Family.Test test) {
    JsonObject json = object("verdict", test.verdict().toString());
    json.add("found", reading(test.question().found()));
    json.add("ceiling", reading(test.question().ceiling()));
    json.add("floor", reading(test.question().floor()));
    json.add("accuracy", reading(test.question().accuracy()));
    json.addProperty("p", test.question().p());
    json.addProperty("pHolm", test.adjusted());
    return json;
  }

  private static JsonObject family(Family family) {
    JsonObject json = new JsonObject();
    json.addProperty("M", family.tests().size());
    json.add("tests", array(family.tests(), ReportJson::test));
    return json;
  }

  private static JsonObject test(Family.Test test) {
    Measurement of = test.of();
    return object(
        "measure",
        of.measure(),
        "concept",
        of.concept(),
        "part",
        of.part(),
        "judge",
        of.judge(),
        "verdict",
        test.verdict().toString());
  }

  private static JsonObject set(DrawnSet set) {
    JsonObject json = object("id", set.id(), "title", set.title());
    json.add("images", array(set.images(), ReportJson::shot));
    return json;
  }

  private static JsonObject shot(DrawnShot drawn) {
    JsonObject json =
        object(
            "prompt", drawn.shot().prompt(),
            "seed", Long.toString(drawn.shot().seed()), // a number of JSON has 53 bits
            "label", drawn.shot().label(),
            "kind", drawn.shot().kind().word());
    json.add("original", unit(drawn.original()));
    drawn.patched().ifPresent(unit -> json.add("patched", unit(unit)));
    return json;
  }

  private static JsonObject unit(JudgedUnit unit) {
    JsonObject json = object("key", unit.key());
    JsonObject answers = new JsonObject();
    unit.answers().forEach((judge, answer) -> answers.add(judge, answer(answer)));
    json.add("answers", answers);
    return json;
  }

  private static JsonObject answer(JudgedImage answer) {
    JsonObject json = object("label", answer.label());
    json.addProperty("margin", answer.margin());
    json.addProperty("abstained", answer.abstained());
    return json;
  }

  private static JsonObject count(Count count) {
    JsonObject json = new JsonObject();
    json.addProperty("k", count.k());
    json.addProperty("n", count.n());
    return json;
  }

  private static JsonObject reading(Reading reading) {
    JsonObject json = new JsonObject();
    if (Double.isFinite(reading.value())) {
      json.addProperty("value", reading.value());
    }
    json.addProperty("k", reading.k());
    json.addProperty("n", reading.n());
    if (Double.isFinite(reading.low()) && Double.isFinite(reading.high())) {
      JsonArray interval = new JsonArray();
      interval.add(reading.low());
      interval.add(reading.high());
      json.add("interval", interval);
    }
    return json;
  }

  private static JsonObject object(String... namesAndValues) {
    JsonObject json = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.addProperty(namesAndValues[i], namesAndValues[i + 1]);
    }
    return json;
  }

  private static JsonArray strings(Collection<String> values) {
    JsonArray json = new JsonArray();
    values.forEach(json::add);
    return json;
  }

  private static <T> JsonArray array(Collection<T> values, Function<T, ? extends JsonElement> map) {
    JsonArray json = new JsonArray();
    values.forEach(value -> json.add(map.apply(value)));
    return json;
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
