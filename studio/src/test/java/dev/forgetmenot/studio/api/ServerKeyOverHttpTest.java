package dev.forgetmenot.studio.api;

import static dev.forgetmenot.studio.api.WaitingServer.json;
import static dev.forgetmenot.studio.api.WaitingServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.studio.edit.FixedEdits;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key by which a server signs that was started without one. */
class ServerKeyOverHttpTest {
  private static final Path PATCH =
      GoldenFolders.inProject("testkit/fixtures/patches-before-3.0").resolve("cure.fmnpatch");

  @TempDir private Path state;
  private WaitingServer server;

  @BeforeEach
  void start() throws IOException {
    server = new WaitingServer(state, new FixedEdits(List.of()), Optional.empty());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private JsonObject sent() throws Exception {
    return json(
        server.send("POST", "patches", "application/octet-stream", Files.readAllBytes(PATCH)));
  }

  private HttpResponse<byte[]> make(String label) throws Exception {
    JsonObject body = new JsonObject();
    body.addProperty("label", label);
    return server.ask("POST", "key", body.toString());
  }

  private HttpResponse<byte[]> sign(JsonObject card) throws Exception {
    return server.ask("POST", "patches/" + card.get("id").getAsString() + "/sign", "");
  }

  private static void assertRefused(HttpResponse<byte[]> answer, int status, String code) {
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
    assertThat(json(answer).get("code").getAsString()).isEqualTo(code);
  }

  @Test
  void nothingIsSignedWithoutAKey() throws Exception {
    assertThat(text(server.ask("GET", "key", ""))).isEqualTo("{}");
    assertThat(sent().get("signable").getAsBoolean()).isFalse();
    assertRefused(sign(sent()), 409, "FMN-813");
    assertRefused(server.ask("GET", "key/public", ""), 409, "FMN-813");
  }

  @Test
  void aKeyThatIsMadeSignsAndIsTrustedAndKept() throws Exception {
    HttpResponse<byte[]> made = make("Ann");
    assertThat(made.statusCode()).as(text(made)).isEqualTo(201);
    String id = json(made).get("id").getAsString();
    assertThat(text(server.ask("GET", "key", ""))).isEqualTo(text(made)).contains("\"Ann\"");
    Path file = state.resolve("signing.key");
    assertThat(KeyFile.isOpenToOthers(file)).isFalse();
    assertThat(KeyFile.readPrivate(file).verification().id()).isEqualTo(id);
    assertThat(sent().get("signable").getAsBoolean()).isTrue();
    JsonObject trust = json(sign(sent())).getAsJsonObject("trust");
    assertThat(trust.get("words").getAsString()).isEqualTo("signed by Ann");
    assertThat(trust.get("trusted").getAsBoolean()).isTrue();
    HttpResponse<byte[]> others = server.ask("GET", "key/public", "");
    assertThat(others.body()).isEqualTo(Files.readAllBytes(KeyFile.publicOf(file)));
    assertThat(others.headers().firstValue("Content-Disposition").orElseThrow())
        .isEqualTo("attachment; filename=\"signing.key.pub\"");
    stop();
    start();
    assertThat(text(server.ask("GET", "key", ""))).isEqualTo(text(made));
  }

  @Test
  void aSecondKeyIsRefusedAndTheFirstStays() throws Exception {
    byte[] first = make("Ann").body();
    assertRefused(make("Bob"), 409, "FMN-815");
    assertThat(server.ask("GET", "key", "").body()).isEqualTo(first);
  }

  @Test
  void aNameThatCannotBeShownMakesNoKey() throws Exception {
    for (String label : List.of("", " ", "a\u001b[2Jb", "a".repeat(97))) {
      assertRefused(make(label), 422, "FMN-808");
    }
    assertThat(state.resolve("signing.key")).doesNotExist();
    assertThat(state.resolve("trust.json")).doesNotExist();
  }
}
