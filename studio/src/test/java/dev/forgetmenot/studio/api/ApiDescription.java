package dev.forgetmenot.studio.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** openapi.yaml, by which the answers of tests are checked. */
record ApiDescription(JsonObject json) {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");

  static ApiDescription read() throws IOException {
    try (InputStream in = ApiV1.class.getResourceAsStream("openapi.yaml")) {
      Object yaml =
          new Load(LoadSettings.builder().build())
              .loadFromString(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return new ApiDescription(new Gson().toJsonTree(yaml).getAsJsonObject());
    }
  }

  private JsonObject paths() {
    return json.getAsJsonObject("paths");
  }

  /** All routes, as {@code GET /api/v1/jobs/{id}}. */
  Set<String> routes() {
    Set<String> routes = new TreeSet<>();
    paths()
        .entrySet()
        .forEach(
            path ->
                path.getValue().getAsJsonObject().keySet().stream()
                    .filter(METHODS::contains)
                    .forEach(
                        method ->
                            routes.add(
                                method.toUpperCase(Locale.ROOT) + " /api/v1" + path.getKey())));
    return routes;
  }

  /**
   * Checks an answer.
   *
   * @param path below {@code /api/v1}, without a query
   * @param type of the content
   */
  void check(String method, String path, int status, String type, String body) {
    Optional<JsonObject> described =
        paths().entrySet().stream()
            .filter(one -> Pattern.matches(one.getKey().replaceAll("\\{[^}]+}", "[^/]+"), path))
            .map(one -> one.getValue().getAsJsonObject().getAsJsonObject(method))
            .filter(operation -> operation != null)
            .findFirst();
    if (described.isEmpty()) {
      assertThat(status).as("%s %s is not described", method, path).isIn(400, 404, 405);
      return;
    }
    JsonObject responses = described.get().getAsJsonObject("responses");
    String name = Integer.toString(status);
    if (!responses.has(name)) {
      assertThat(status)
          .as("%s %s answers %s", method, path, responses.keySet())
          .isIn(400, 401, 415);
      return;
    }
    JsonObject response = resolved(responses.getAsJsonObject(name));
    if (!response.has("content")) {
      assertThat(body).isEmpty();
      return;
    }
    JsonObject content = response.getAsJsonObject("content");
    assertThat(content.keySet()).as("%s %s", method, path).contains(type);
    JsonObject media = content.getAsJsonObject(type);
    if (type.endsWith("json")) {
      assertThat(errors(media.getAsJsonObject("schema"), body))
          .as("%s %s: %s", method, path, body)
          .isEmpty();
    }
  }

  private JsonObject resolved(JsonObject one) {
    if (!one.has("$ref")) {
      return one;
    }
    JsonObject found = json;
    for (String step : one.get("$ref").getAsString().substring(2).split("/", -1)) {
      found = found.getAsJsonObject(step);
    }
    return found;
  }

  /** What is wrong with a body by a schema whose references are into the description. */
  List<Error> errors(JsonObject schema, String body) {
    JsonArray all = new JsonArray();
    all.add(schema);
    JsonObject whole = new JsonObject();
    whole.add("components", json.get("components"));
    whole.add("allOf", all);
    Schema compiled =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(whole.toString());
    return compiled.validate(body, InputFormat.JSON);
  }

  JsonObject schema(String name) {
    JsonObject ref = new JsonObject();
    ref.addProperty("$ref", "#/components/schemas/" + name);
    return ref;
  }
}
