package dev.forgetmenot.studio.evaluate;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchConcept;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.Route;
import dev.forgetmenot.studio.job.JsonTexts;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What there is to choose from for an evaluation.
 *
 * @param source the evaluators
 */
public record EvaluateRoutes(EvaluationSource source) {
  private static final AtomicReference<HttpAnswer> LISTS = new AtomicReference<>();

  /**
   * The routes below a prefix.
   *
   * @param here such as {@code /api/v1/}
   */
  public List<Route> below(String here) {
    return List.of(
        Route.of("GET", here + "lists", call -> lists()),
        Route.of("GET", here + "evaluators", call -> evaluators()));
  }

  /** The lists of the program, which stay the same, and take a third of a second to read. */
  private static HttpAnswer lists() throws IOException {
    HttpAnswer known = LISTS.get();
    if (known == null) {
      known = readLists();
      LISTS.set(known);
    }
    return known;
  }

  private static HttpAnswer readLists() throws IOException {
    JsonArray lists = new JsonArray();
    for (String name : Bench.shipped()) {
      Bench bench = Bench.read(name);
      JsonObject list = new JsonObject();
      list.addProperty("name", name);
      if (!bench.model().isOwnSize()) {
        list.addProperty("width", bench.model().width());
        list.addProperty("height", bench.model().height());
      }
      list.add(
          "concepts", JsonTexts.array(bench.concepts().stream().map(BenchConcept::name).toList()));
      lists.add(list);
    }
    JsonObject json = new JsonObject();
    json.add("lists", lists);
    return HttpAnswer.json(json);
  }

  private HttpAnswer evaluators() {
    JsonArray evaluators = new JsonArray();
    for (Evaluator one : source.evaluators()) {
      JsonObject evaluator = new JsonObject();
      evaluator.addProperty("name", one.name());
      evaluator.addProperty("summary", one.summary());
      evaluator.addProperty("byDefault", one.byDefault());
      evaluators.add(evaluator);
    }
    JsonObject json = new JsonObject();
    json.add("evaluators", evaluators);
    return HttpAnswer.json(json);
  }
}
