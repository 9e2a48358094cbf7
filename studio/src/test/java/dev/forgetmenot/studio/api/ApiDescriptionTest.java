package dev.forgetmenot.studio.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description is of what the server has. Answers are checked by {@link WaitingServer}. */
class ApiDescriptionTest {
  @Test
  void eachRouteIsDescribedAndEachDescribedRouteIsThere(@TempDir Path state) throws Exception {
    Set<String> routes = new TreeSet<>();
    try (WaitingServer server = new WaitingServer(state)) {
      server.api().routes().forEach(route -> routes.add(route.method() + " " + route.path()));
    }
    assertThat(ApiDescription.read().routes()).isEqualTo(routes);
  }

  @Test
  void aClientCanReadIt(@TempDir Path state) throws Exception {
    try (WaitingServer server = new WaitingServer(state)) {
      var answer = server.ask("GET", "openapi.yaml", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(WaitingServer.text(answer)).startsWith("openapi: 3.1.0");
    }
  }

  @Test
  void whatIsNotDescribedIsNoticed() throws Exception {
    ApiDescription description = ApiDescription.read();
    String status =
        "{\"version\": \"1\", \"model\": {\"name\": \"a\", \"state\": \"ready\"}, \"queued\": 0%s}";
    assertThat(description.errors(description.schema("Status"), status.formatted(""))).isEmpty();
    assertThat(description.errors(description.schema("Status"), status.formatted(", \"new\": 1")))
        .isNotEmpty();
    assertThat(description.errors(description.schema("Status"), "{}")).isNotEmpty();
  }

  @Test
  void bodiesThatTheServerTakesAreDescribed() throws Exception {
    ApiDescription description = ApiDescription.read();
    String draw = "{\"kind\": \"draw\", \"prompt\": \"a fox\", \"seed\": \"1\"}";
    assertThat(description.errors(description.schema("Draw"), draw)).isEmpty();
    assertThat(description.errors(description.schema("Edit"), draw)).isNotEmpty();
    String edit =
        "{\"kind\": \"forget\", \"concepts\": [\"a\"], \"settings\": {\"keep\": [\"b\"]}}";
    assertThat(description.errors(description.schema("Edit"), edit)).isEmpty();
  }
}
