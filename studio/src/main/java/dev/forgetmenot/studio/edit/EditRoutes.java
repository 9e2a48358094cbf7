package dev.forgetmenot.studio.edit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpCall;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.Route;
import dev.forgetmenot.studio.job.JsonTexts;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What there is to choose from for an edit.
 *
 * @param source the methods and judges
 */
public record EditRoutes(EditSource source) {
  /**
   * The routes below a prefix.
   *
   * @param here such as {@code /api/v1/}
   */
  public List<Route> below(String here) {
    return List.of(
        Route.of("GET", here + "methods", this::methods),
        Route.of("GET", here + "concepts", call -> concepts()));
  }

  private static Operation operation(String word) throws HttpProblem {
    for (Operation operation : Operation.values()) {
      if (operation.name().toLowerCase(Locale.ROOT).equals(word)) {
        return operation;
      }
    }
    throw HttpProblem.unfit("operation should be forget or correct");
  }

  private HttpAnswer methods(HttpCall call) throws HttpProblem {
    JsonArray methods = new JsonArray();
    for (ConceptEditor editor : source.editors(operation(call.asked("operation").orElse("")))) {
      JsonObject method = new JsonObject();
      method.addProperty("name", editor.name());
      method.addProperty("summary", editor.summary());
      JsonArray settings = new JsonArray();
      editor.parameters().stream().map(EditRoutes::json).forEach(settings::add);
      method.add("settings", settings);
      methods.add(method);
    }
    JsonObject json = new JsonObject();
    json.add("methods", methods);
    return HttpAnswer.json(json);
  }

  /** A folder of the server is given as images of the page. */
  private static String type(SettingSpec.Type type) {
    return type == SettingSpec.Type.PATH ? "images" : type.name().toLowerCase(Locale.ROOT);
  }

  private static JsonObject json(SettingSpec setting) {
    JsonObject json = new JsonObject();
    json.addProperty("name", setting.name());
    json.addProperty("type", type(setting.type()));
    json.addProperty("help", setting.help());
    setting.defaultText().ifPresent(text -> json.addProperty("default", text));
    setting.min().ifPresent(least -> json.addProperty("min", least));
    setting.max().ifPresent(most -> json.addProperty("max", most));
    json.add("choices", JsonTexts.array(setting.choices()));
    return json;
  }

  /** What the model is known to draw, and its general words. */
  private HttpAnswer concepts() throws IOException {
    EvaluationSetup judging = source.judging();
    KnownConcepts known = judging.vocabulary();
    JsonObject json = new JsonObject();
    json.add(
        "concepts",
        JsonTexts.array(known.phrases().stream().map(KnownConcepts.Phrase::name).toList()));
    json.add("generalWords", JsonTexts.array(List.copyOf(known.generalWords())));
    json.addProperty("complete", judging.complete());
    return HttpAnswer.json(json);
  }
}
