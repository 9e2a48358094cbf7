package dev.forgetmenot.host.cli.patch;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.patching.stack.ConflictReport;
import dev.forgetmenot.patching.stack.ConflictReport.Effect;
import dev.forgetmenot.patching.stack.ConflictReport.Meeting;
import dev.forgetmenot.patching.stack.ConflictReport.Pair;
import dev.forgetmenot.patching.stack.ConflictReport.Patch;
import dev.forgetmenot.patching.stack.ConflictReport.Solve;
import java.util.Map;
import java.util.Optional;

/** How patches meet, for programs: what was not measured is left out. */
final class ConflictJson {
  private ConflictJson() {}

  static String of(ConflictReport report) {
    JsonObject json = new JsonObject();
    JsonArray patches = new JsonArray();
    report.patches().forEach(patch -> patches.add(patch(patch)));
    json.add("patches", patches);
    JsonArray pairs = new JsonArray();
    report.pairs().forEach(pair -> pairs.add(pair(pair)));
    json.add("pairs", pairs);
    JsonArray systems = new JsonArray();
    report.systems().forEach(solve -> systems.add(solve(solve)));
    json.add("systems", systems);
    JsonObject drift = new JsonObject();
    report.drift().blocks().forEach(drift::addProperty);
    json.add("drift", drift);
    return new GsonBuilder()
        .setPrettyPrinting()
        .disableHtmlEscaping()
        .serializeSpecialFloatingPointValues() // a condition may be infinite
        .create()
        .toJson(json);
  }

  private static JsonObject patch(Patch patch) {
    JsonObject json = new JsonObject();
    json.addProperty("name", patch.name());
    json.addProperty("id", patch.id());
    json.addProperty("strength", patch.strength());
    json.addProperty("weights", patch.tensors());
    patch.alone().ifPresent(value -> json.addProperty("remains", value));
    patch.inStack().ifPresent(value -> json.addProperty("remainsInStack", value));
    return json;
  }

  private static JsonObject pair(Pair pair) {
    JsonObject json = new JsonObject();
    json.addProperty("first", pair.first());
    json.addProperty("second", pair.second());
    json.addProperty("shared", pair.shared());
    pair.whole().ifPresent(meeting -> json.add("whole", meeting(meeting)));
    json.add("blocks", meetings(pair.blocks()));
    json.add("weights", meetings(pair.tensors()));
    effect(json, "onFirst", pair.onFirst());
    effect(json, "onSecond", pair.onSecond());
    return json;
  }

  private static JsonObject meetings(Map<String, Meeting> meetings) {
    JsonObject json = new JsonObject();
    meetings.forEach((name, meeting) -> json.add(name, meeting(meeting)));
    return json;
  }

  private static JsonObject meeting(Meeting meeting) {
    JsonObject json = new JsonObject();
    json.addProperty("cosine", meeting.cosine());
    json.addProperty("overlap", meeting.overlap());
    json.addProperty("smallestAngle", meeting.angle());
    return json;
  }

  private static void effect(JsonObject pair, String name, Optional<Effect> effect) {
    effect.ifPresent(
        e -> {
          JsonObject json = new JsonObject();
          json.addProperty("moves", e.moves());
          json.addProperty("remains", e.remains());
          pair.add(name, json);
        });
  }

  private static JsonObject solve(Solve solve) {
    JsonObject json = new JsonObject();
    json.addProperty("condition", solve.condition());
    json.addProperty("weights", solve.tensors());
    JsonArray concepts = new JsonArray();
    for (ConflictReport.ConceptResidual concept : solve.concepts()) {
      JsonObject of = new JsonObject();
      of.addProperty("patch", concept.patch());
      of.addProperty("label", concept.label());
      of.addProperty("residual", concept.residual());
      concepts.add(of);
    }
    json.add("concepts", concepts);
    return json;
  }
}
