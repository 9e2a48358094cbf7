package dev.forgetmenot.studio.api;

import static dev.forgetmenot.studio.api.WaitingServer.json;
import static dev.forgetmenot.studio.api.WaitingServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.patch.ManifestRewriter;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patch.ResourceDescriptor;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.patch.Statement;
import dev.forgetmenot.testkit.GoldenFolders;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches that are sent to the server, shown and taken away. */
class PatchesOverHttpTest {
  private static final Path PATCHES =
      GoldenFolders.inProject("testkit/fixtures/patches-before-3.0");

  @TempDir private Path state;
  private WaitingServer server;

  @BeforeEach
  void start() throws IOException {
    server = new WaitingServer(state);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static byte[] patch(String name) throws IOException {
    return Files.readAllBytes(PATCHES.resolve(name + ".fmnpatch"));
  }

  private HttpResponse<byte[]> send(byte[] file) throws Exception {
    return server.send("POST", "patches", "application/octet-stream", file);
  }

  @Test
  void aPatchThatIsSentIsShownAndIsTheSameFile() throws Exception {
    HttpResponse<byte[]> sent = send(patch("cure"));
    assertThat(sent.statusCode()).as(text(sent)).isEqualTo(201);
    JsonObject card = json(sent);
    String id = card.get("id").getAsString();
    assertThat(card.get("name").getAsString()).endsWith("-" + id.substring(0, 8));
    assertThat(card.get("method").getAsString()).isEqualTo("cure");
    assertThat(card.get("removable").getAsBoolean()).isTrue();
    assertThat(card.getAsJsonObject("trust").get("code").getAsString()).isEqualTo("FMN-401");
    assertThat(card.getAsJsonObject("trust").get("trusted").getAsBoolean()).isFalse();
    assertThat(card.getAsJsonObject("strength").get("max").getAsDouble()).isPositive();
    assertThat(card.getAsJsonObject("base").has("fits")).as("no model is there").isFalse();
    JsonObject list = json(server.ask("GET", "patches", ""));
    assertThat(list.getAsJsonArray("patches")).containsExactly(card);
    assertThat(text(server.ask("GET", "patches/" + id, ""))).isEqualTo(card.toString());
    HttpResponse<byte[]> file = server.ask("GET", "patches/" + id + "/file", "");
    assertThat(file.body()).isEqualTo(patch("cure"));
    assertThat(file.headers().firstValue("Content-Disposition").orElseThrow())
        .startsWith("attachment; filename=\"")
        .endsWith(".fmnpatch\"");
  }

  @Test
  void thePatchThatIsThereAlreadyIsNotKeptTwice() throws Exception {
    send(patch("cure"));
    assertThat(send(patch("cure")).statusCode()).isEqualTo(201);
    assertThat(json(server.ask("GET", "patches", "")).getAsJsonArray("patches")).hasSize(1);
    assertThat(state.resolve("patches")).isDirectoryContaining("glob:**.fmnpatch");
    assertThat(state.resolve("patches")).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void whatIsNoPatchIsRefusedAndLeavesNothing() throws Exception {
    byte[] cut = Arrays.copyOf(patch("cure"), 1000);
    for (byte[] wrong : new byte[][] {cut, "no patch".getBytes(StandardCharsets.UTF_8), {}}) {
      HttpResponse<byte[]> answer = send(wrong);
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(422);
      assertThat(json(answer).get("code").getAsString()).startsWith("FMN-");
      assertThat(text(answer)).doesNotContain(state.toString(), "sent");
    }
    assertThat(state.resolve("patches")).isEmptyDirectory();
  }

  @Test
  void aPatchComesAsBytesAlone() throws Exception {
    assertThat(server.ask("POST", "patches", "{}").statusCode()).isEqualTo(415);
    assertThat(server.send("POST", "jobs", "application/octet-stream", new byte[3]).statusCode())
        .isEqualTo(415);
  }

  @Test
  void aSignatureOfAKeyThatNobodyKnowsIsSaid() throws Exception {
    JsonObject trust = json(send(patch("signed"))).getAsJsonObject("trust");
    assertThat(trust.get("words").getAsString()).isEqualTo("signed by a key that you do not know");
    assertThat(trust.get("code").getAsString()).isEqualTo("FMN-403");
    assertThat(trust.get("refused").getAsBoolean()).as("the usual policy warns").isFalse();
  }

  @Test
  void whatOthersStateIsSaidWithWhetherTheyAreTrusted() throws Exception {
    JsonObject card = json(send(patch("cure")));
    assertThat(card.getAsJsonArray("statements")).isEmpty();
    String id = card.get("id").getAsString();
    Path file = state.resolve("patches").resolve(card.get("name").getAsString() + ".fmnpatch");
    Statement statement =
        new Statement(
            List.of(ResourceDescriptor.of("manifest.json", "sha256", id, Map.of())),
            "https://in-toto.io/attestation/test-result/v0.1",
            Map.of("result", "FAILED", "configuration", List.of(), "failedTests", List.of("a/b")));
    SignedStatement.write(
        SignedStatement.fileOf(file, WaitingServer.KEY.verification()),
        statement,
        WaitingServer.KEY);
    Files.writeString(Path.of(file + ".test-result.00000000.json"), "{}");
    JsonArray stated = json(server.ask("GET", "patches/" + id, "")).getAsJsonArray("statements");
    assertThat(stated).hasSize(1);
    JsonObject one = stated.get(0).getAsJsonObject();
    assertThat(one.get("words").getAsString())
        .startsWith(
            "a key that you do not trust says: FAILED: 0 rows not reached, 1 reached (a/b)");
    assertThat(one.get("trusted").getAsBoolean()).isFalse();
  }

  @Test
  void whatWasSentIsSignedOnceAndStaysTheSamePatch() throws Exception {
    JsonObject card = json(send(patch("cure")));
    assertThat(card.get("signable").getAsBoolean()).isTrue();
    String id = card.get("id").getAsString();
    HttpResponse<byte[]> answer = server.ask("POST", "patches/" + id + "/sign", "");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    JsonObject signed = json(answer);
    assertThat(signed.get("id").getAsString()).isEqualTo(id);
    assertThat(signed.get("signable").getAsBoolean()).isFalse();
    assertThat(signed.getAsJsonObject("trust").get("code").getAsString()).isEqualTo("FMN-403");
    Path file = state.resolve("patches").resolve(signed.get("name").getAsString() + ".fmnpatch");
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.signatures().get(0).key().id())
          .isEqualTo(WaitingServer.KEY.verification().id());
    }
    assertThat(json(send(patch("signed"))).get("signable").getAsBoolean()).isFalse();
  }

  @Test
  void onlyWhatWasSentIsRemoved() throws Exception {
    Path own = Files.createDirectories(state.resolve("model")).resolve("own.fmnpatch");
    Files.write(own, patch("signed"));
    Files.writeString(own.resolveSibling("broken.fmnpatch"), "no patch");
    String sent = json(send(patch("cure"))).get("id").getAsString();
    JsonObject list = json(server.ask("GET", "patches", ""));
    assertThat(list.getAsJsonArray("patches")).hasSize(2);
    assertThat(list.getAsJsonArray("broken").toString()).contains("\"name\":\"broken\"", "FMN-");
    JsonObject other = list.getAsJsonArray("patches").get(1).getAsJsonObject();
    assertThat(other.get("name").getAsString()).isEqualTo("own");
    HttpResponse<byte[]> kept =
        server.ask("DELETE", "patches/" + other.get("id").getAsString(), "");
    assertThat(kept.statusCode()).isEqualTo(409);
    String ownId = other.get("id").getAsString();
    assertThat(server.ask("POST", "patches/" + ownId + "/sign", "").statusCode()).isEqualTo(409);
    assertThat(own).exists();
    assertThat(server.ask("DELETE", "patches/" + sent, "").statusCode()).isEqualTo(204);
    assertThat(server.ask("GET", "patches/" + sent, "").statusCode()).isEqualTo(404);
  }

  @Test
  void theImagesThatAPatchHoldsAreOnItsCard() throws Exception {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(9, 5, BufferedImage.TYPE_INT_RGB), "png", png);
    Path file = state.resolve("with.tmp");
    long seed = (1L << 53) + 1;
    ManifestRewriter.previewed(
        PATCHES.resolve("cure.fmnpatch"),
        List.of(
            new PatchPreview.Image(
                PatchPreview.Side.BEFORE, "a <b>photo</b>", seed, 0, png.toByteArray()),
            new PatchPreview.Image(
                PatchPreview.Side.AFTER, "a <b>photo</b>", seed, 1.5, png.toByteArray())),
        file);
    JsonObject card = json(send(Files.readAllBytes(file)));
    JsonArray previews = card.getAsJsonArray("previews");
    assertThat(previews).hasSize(2);
    assertThat(previews.get(1).getAsJsonObject().get("side").getAsString()).isEqualTo("after");
    assertThat(previews.get(1).getAsJsonObject().get("strength").getAsDouble()).isEqualTo(1.5);
    assertThat(previews.get(0).getAsJsonObject().get("seed").getAsString())
        .isEqualTo("9007199254740993");
    String here = "patches/" + card.get("id").getAsString() + "/previews/";
    HttpResponse<byte[]> image = server.ask("GET", here + "1", "");
    assertThat(image.headers().firstValue("Content-Type")).contains("image/png");
    assertThat(image.body()).isEqualTo(png.toByteArray());
    for (String none : new String[] {"2", "-1", "01", "x", "99999999999999999999"}) {
      assertThat(server.ask("GET", here + none, "").statusCode()).as(none).isEqualTo(404);
    }
    assertThat(json(send(patch("cure"))).getAsJsonArray("previews")).isEmpty();
  }

  @Test
  void anIdIsNoPath() throws Exception {
    Files.writeString(state.resolve("secret"), "secret");
    for (String id : new String[] {"..%2Fsecret", "%2e%2e", "..%5csecret", "x%00"}) {
      HttpResponse<byte[]> answer = server.ask("GET", "patches/" + id + "/file", "");
      assertThat(answer.statusCode()).as(id).isBetween(400, 404);
      assertThat(text(answer)).doesNotContain("secret\"");
    }
  }

  @Test
  void aStackIsOfPatchesThatAreHere() throws Exception {
    String id = json(send(patch("cure"))).get("id").getAsString();
    HttpResponse<byte[]> answer =
        server.ask(
            "POST",
            "jobs",
            "{\"kind\": \"stack\", \"patches\": [{\"id\": \"" + id + "\", \"strength\": 0.5}]}");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(202);
    assertThat(json(answer).get("title").getAsString()).isEqualTo("a stack of 1");
    String job = json(answer).get("id").getAsString();
    assertThat(server.ask("GET", "jobs/" + job + "/file", "").statusCode()).isEqualTo(404);
    for (String wrong :
        new String[] {
          "",
          ", \"patches\": []",
          ", \"patches\": [1]",
          ", \"patches\": [{\"id\": \"../cure\", \"strength\": 1}]",
          ", \"patches\": [{\"id\": \"" + id + "\", \"strength\": \"much\"}]"
        }) {
      HttpResponse<byte[]> refused =
          server.ask("POST", "jobs", "{\"kind\": \"stack\"" + wrong + "}");
      assertThat(refused.statusCode()).as(wrong + text(refused)).isEqualTo(422);
    }
  }
}
