package dev.forgetmenot.studio.api;

import static dev.forgetmenot.studio.api.WaitingServer.json;
import static dev.forgetmenot.studio.api.WaitingServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Evaluations, exports and copies that the page asks for. The queue does not run. */
class EvaluationsOverHttpTest {
  @TempDir private Path state;

  @Test
  void listsAreThoseOfTheProgram() throws Exception {
    try (WaitingServer server = new WaitingServer(state)) {
      JsonObject lists = json(server.ask("GET", "lists", ""));
      assertThat(lists.getAsJsonArray("lists").toString())
          .contains("\"name\":\"emoji\",\"width\":64,\"height\":64", "\"merlin\"")
          .contains("{\"name\":\"core\",\"concepts\":[");
      assertThat(text(server.ask("GET", "evaluators", ""))).isEqualTo("{\"evaluators\":[]}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"kind\": \"evaluate\" | nothing evaluates",
        "\"kind\": \"evaluate\", \"list\": \"/etc/passwd\" | list should be one of",
        "\"kind\": \"evaluate\", \"seeds\": 0 | seeds should be a whole number in [1, 1000]",
        "\"kind\": \"evaluate\", \"concepts\": [{}] | concepts should be a text",
        "\"kind\": \"export\" | a patch should have an id",
        "\"kind\": \"export\", \"patch\": \"../x\" | there is no patch of the id",
        "\"kind\": \"bake\" | patches should be a list of at least one",
        "\"kind\": \"bake\", \"patches\": [{\"id\": 1}] | there is no patch of the id 1",
        "\"kind\": \"import\" | kind should be draw or one of",
        "\"kind\": \"none\" | kind should be draw or one of"
      })
  void whatDoesNotFitIsNamed(String fields, String sentence) throws Exception {
    try (WaitingServer server = new WaitingServer(state)) {
      server.refuses("{" + fields + "}", sentence);
    }
  }

  @Test
  void aFileOfAnotherToolWaitsUnderAPlainName() throws Exception {
    try (WaitingServer server = new WaitingServer(state)) {
      HttpResponse<byte[]> answer =
          server.send(
              "POST",
              "imports?name=..%2F..%2FMy%20LoRA.safetensors",
              "application/octet-stream",
              new byte[] {1, 2, 3});
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(202);
      Path folder = state.resolve("jobs").resolve(json(answer).get("id").getAsString());
      assertThat(folder.resolve("my-lora.safetensors")).hasBinaryContent(new byte[] {1, 2, 3});
    }
  }

  @Test
  void aReportIsShownWithoutRightsOnTheServer() throws Exception {
    String id = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
    Path folder = Files.createDirectories(state.resolve("jobs").resolve(id));
    Files.createDirectories(folder.resolve("report"));
    Files.writeString(folder.resolve("report/report.html"), "<!DOCTYPE html><p>a report");
    Files.writeString(
        folder.resolve("job.json"),
        "{\"id\": \""
            + id
            + "\", \"kind\": \"evaluate\", \"title\": \"a\", \"state\": \"done\", \"createdAt\":"
            + " \"2026-01-01T00:00:00Z\", \"attempts\": 1, \"request\": {}, \"result\": {\"report\":"
            + " \"report/report.html\"}}");
    try (WaitingServer server = new WaitingServer(state)) {
      HttpResponse<byte[]> answer = server.ask("GET", "jobs/" + id + "/report", "");
      assertThat(text(answer)).isEqualTo("<!DOCTYPE html><p>a report");
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("sandbox allow-scripts; default-src 'none'");
    }
  }

  @Test
  void aJobWithoutAReportHasNone() throws Exception {
    try (WaitingServer server = new WaitingServer(state)) {
      String id =
          json(server.ask("POST", "jobs", "{\"kind\": \"draw\", \"prompt\": \"a\"}"))
              .get("id")
              .getAsString();
      assertThat(server.ask("GET", "jobs/" + id + "/report", "").statusCode()).isEqualTo(404);
    }
  }
}
