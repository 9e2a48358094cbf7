package dev.forgetmenot.studio.api;

import static dev.forgetmenot.studio.api.WaitingServer.json;
import static dev.forgetmenot.studio.api.WaitingServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.studio.edit.FixedEdits;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Edits that the page asks for, before a model is there. The queue does not run. */
class EditsOverHttpTest {
  private WaitingServer server;

  /** A method that has a setting of each way to be refused. */
  private static final class Method implements ConceptEditor {
    @Override
    public String name() {
      return "method";
    }

    @Override
    public Operation operation() {
      return Operation.FORGET;
    }

    @Override
    public String summary() {
      return "A method.";
    }

    @Override
    public List<SettingSpec> parameters() {
      return List.of(
          SettingSpec.integer("steps", 35, 1, 100, "Steps."),
          SettingSpec.list("keep", "Phrases."),
          SettingSpec.text("folder", SettingSpec.Type.PATH, null, "A folder."));
    }

    @Override
    public PatchDraft edit(
        List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
      throw new IllegalStateException("nothing is run");
    }
  }

  @BeforeEach
  void start(@TempDir Path state) throws IOException {
    server = new WaitingServer(state, new FixedEdits(List.of(new Method())));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void anEditWaitsForItsTurn() throws Exception {
    HttpResponse<byte[]> answer =
        server.ask(
            "POST",
            "jobs",
            "{\"kind\": \"forget\", \"concepts\": [\"a fox\", \" \", \"@/etc/passwd\"],"
                + " \"settings\": {\"steps\": 3, \"keep\": [\"a dog\", \"a cat\"]}}");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(202);
    JsonObject job = json(answer);
    assertThat(job.get("kind").getAsString()).isEqualTo("forget");
    assertThat(job.get("title").getAsString())
        .as("names are names, not files")
        .isEqualTo("forget a fox, @/etc/passwd");
    assertThat(json(server.ask("GET", "jobs?kind=forget", "")).getAsJsonArray("jobs")).hasSize(1);
  }

  @Test
  void methodsHaveTheSettingsThatThePageMaySend() throws Exception {
    String forget = text(server.ask("GET", "methods?operation=forget", ""));
    assertThat(forget)
        .contains("\"name\":\"method\"", "\"name\":\"steps\",\"type\":\"integer\"")
        .contains("\"default\":\"35\",\"min\":1.0,\"max\":100.0")
        .contains("\"name\":\"folder\",\"type\":\"images\"");
    assertThat(text(server.ask("GET", "methods?operation=correct", "")))
        .isEqualTo("{\"methods\":[]}");
    assertThat(server.ask("GET", "methods?operation=none", "").statusCode()).isEqualTo(422);
    assertThat(text(server.ask("GET", "concepts", ""))).contains("\"concepts\":[]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"kind\": \"correct\", \"concepts\": [\"a\"] | no method to correct is there",
        "\"kind\": \"forget\" | concepts should be a list of 1 to 100 names",
        "\"kind\": \"forget\", \"concepts\": \"a fox\" | concepts should be a list",
        "\"kind\": \"forget\", \"concepts\": [{}] | concepts should be a text",
        "\"kind\": \"forget\", \"concepts\": [\"a\"], \"method\": \"b\" | no method is named 'b'",
        "\"kind\": \"forget\", \"concepts\": [\"a\"], \"method\": {} | method should be a text",
        "\"kind\": \"forget\", \"concepts\": [\"a\"], \"type\": \"x\" | x",
        "\"kind\": \"forget\", \"concepts\": [\"a\"], \"settings\": {\"stepz\": 1} | unknown setting",
        "\"kind\": \"forget\", \"concepts\": [\"a\"], \"settings\": {\"steps\": 0} | steps",
        "\"kind\": \"forget\", \"concepts\": [\"a\"], \"settings\": {\"steps\": {}} | steps should be",
        "\"kind\": \"forget\", \"concepts\": [\"a\"], \"settings\": {\"folder\": \"/\"} | folder should be a list of ids of images",
        "\"kind\": \"forget\", \"concepts\": [\"a\"], \"settings\": {\"folder\": [\"/\"]} | there is no image of the id /",
        "\"kind\": \"forget\", \"concepts\": [\"a\", \"b\"], \"settings\": {\"folder\": [\"x\"]} | images of one concept"
      })
  void whatDoesNotFitIsNamed(String fields, String sentence) throws Exception {
    server.refuses("{" + fields + "}", sentence);
  }

  @Test
  void aJobWithoutASheetHasNone() throws Exception {
    String id =
        json(server.ask("POST", "jobs", "{\"kind\": \"forget\", \"concepts\": [\"a\"]}"))
            .get("id")
            .getAsString();
    assertThat(server.ask("GET", "jobs/" + id + "/sheet", "").statusCode()).isEqualTo(404);
  }
}
