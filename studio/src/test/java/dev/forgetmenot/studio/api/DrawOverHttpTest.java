package dev.forgetmenot.studio.api;

import static dev.forgetmenot.studio.api.WaitingServer.json;
import static dev.forgetmenot.studio.api.WaitingServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SizeCondition;
import dev.forgetmenot.studio.draw.DrawnCondition;
import dev.forgetmenot.studio.http.HttpCall;
import dev.forgetmenot.studio.http.Route;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that the page asks for, before a model is there. The queue does not run. */
class DrawOverHttpTest {
  private WaitingServer server;

  @BeforeEach
  void start(@TempDir Path state) throws IOException {
    server = new WaitingServer(state);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void aDrawingWaitsForItsTurn() throws Exception {
    HttpResponse<byte[]> answer =
        server.ask(
            "POST",
            "jobs",
            "{\"kind\": \"draw\", \"prompt\": \"a fox\", \"seed\": \"9007199254740993\","
                + " \"sampler\": \"ddim\", \"width\": 72, \"height\": 64, \"count\": 3}");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(202);
    String id = json(answer).get("id").getAsString();
    assertThat(answer.headers().firstValue("Location")).hasValue("/api/v1/jobs/" + id);
    JsonObject job = json(server.ask("GET", "jobs/" + id, ""));
    assertThat(job.get("state").getAsString()).isEqualTo("queued");
    JsonObject request = job.getAsJsonObject("request");
    assertThat(request.get("seed").getAsString())
        .as("beyond 53 bits")
        .isEqualTo("9007199254740993");
    assertThat(request.get("steps").getAsInt()).isEqualTo(20);
    assertThat(request.get("width").getAsInt()).isEqualTo(72);
    assertThat(request.get("count").getAsInt()).isEqualTo(3);
  }

  @Test
  void aDrawingSaysWhatSdxlIsToldBeside() throws Exception {
    String told =
        ", \"secondPrompt\": \"oil on canvas\", \"secondNegativePrompt\": \"ink\","
            + " \"originalWidth\": 2048, \"originalHeight\": 1024, \"cropTop\": 128}";
    String body = "{\"kind\": \"draw\", \"prompt\": \"a fox\"";
    JsonObject request = json(server.ask("POST", "jobs", body + told)).getAsJsonObject("request");
    GenerationRequest.Builder read = GenerationRequest.builder("a fox");
    DrawnCondition.read(request, read);
    assertThat(read.build().secondPrompt()).hasValue("oil on canvas");
    assertThat(read.build().secondNegativePrompt()).hasValue("ink");
    assertThat(read.build().sizeCondition())
        .isEqualTo(
            new SizeCondition(
                Optional.of(new SizeCondition.Pixels(2048, 1024)), 0, 128, Optional.empty()));
    HttpResponse<byte[]> half = server.ask("POST", "jobs", body + ", \"targetWidth\": 512}");
    assertThat(half.statusCode()).isEqualTo(422);
    assertThat(text(half)).contains("targetWidth and targetHeight");
  }

  @Test
  void withoutASeedEachDrawingHasItsOwn() throws Exception {
    String body = "{\"kind\": \"draw\", \"prompt\": \"a fox\"}";
    JsonObject first = json(server.ask("POST", "jobs", body)).getAsJsonObject("request");
    JsonObject second = json(server.ask("POST", "jobs", body)).getAsJsonObject("request");
    assertThat(first.get("seed")).isNotEqualTo(second.get("seed"));
    assertThat(first.has("width")).isFalse();
  }

  @Test
  void aSecondClickMakesNoSecondJob() throws Exception {
    String body = "{\"kind\": \"draw\", \"prompt\": \"a fox\"}";
    HttpResponse<byte[]> first = server.askOnce("jobs", "a-key", body);
    HttpResponse<byte[]> second = server.askOnce("jobs", "a-key", body);
    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(text(second)).isEqualTo(text(first));
    assertThat(second.headers().firstValue("Location"))
        .isEqualTo(first.headers().firstValue("Location"));
    assertThat(server.waiting()).isEqualTo(1);
    HttpResponse<byte[]> other = server.askOnce("jobs", "a-key", body.replace("fox", "dog"));
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(json(other).get("code").getAsString()).isEqualTo("FMN-814");
    assertThat(server.askOnce("jobs", "another", body).statusCode()).isEqualTo(202);
    assertThat(server.waiting()).isEqualTo(2);
  }

  @Test
  void theCookieOfASessionIsForHttpsWhereThatIsAsked() throws Exception {
    Route session =
        server.api().routes().stream()
            .filter(route -> route.method().equals("POST") && route.path().endsWith("/session"))
            .findFirst()
            .orElseThrow();
    byte[] token = "{\"token\": \"secret\"}".getBytes(StandardCharsets.UTF_8);
    for (boolean secure : new boolean[] {true, false}) {
      HttpCall call =
          new HttpCall(7860, secure, session.path(), Map.of(), Map.of(), Map.of(), token);
      String cookie = session.endpoint().answer(call).get().headers().get("Set-Cookie");
      assertThat(cookie).startsWith("fmn-7860=").contains("; HttpOnly; SameSite=Strict");
      assertThat(cookie.contains("; Secure")).isEqualTo(secure);
    }
  }

  @Test
  void aFullQueueSaysWhenToComeBack() throws Exception {
    String body = "{\"kind\": \"draw\", \"prompt\": \"a fox\"}";
    server.ask("POST", "jobs", body);
    server.ask("POST", "jobs", body);
    HttpResponse<byte[]> third = server.ask("POST", "jobs", body);
    assertThat(third.statusCode()).isEqualTo(429);
    assertThat(third.headers().firstValue("Retry-After")).isPresent();
    assertThat(json(third).get("code").getAsString()).isEqualTo("FMN-803");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"kind\": \"forget\" | no method to forget is there",
        "\"prompt\": \"no kind\" | kind should be draw or one of [forget, correct",
        "\"kind\": \"draw\", \"stepz\": 3 | a drawing has no stepz",
        "\"kind\": \"draw\", \"prompt\": {} | prompt should be a text",
        "\"kind\": \"draw\", \"steps\": 0 | steps should be in [1, 150]",
        "\"kind\": \"draw\", \"steps\": 2.5 | steps should be whole",
        "\"kind\": \"draw\", \"count\": 17 | count should be in [1, 16]",
        "\"kind\": \"draw\", \"guidance\": \"NaN\" | guidance should be finite",
        "\"kind\": \"draw\", \"width\": 64 | width and height should be given both",
        "\"kind\": \"draw\", \"width\": 4096, \"height\": 4096 | width × height should be at most",
        "\"kind\": \"draw\", \"seed\": \"-1\" | seed should be a decimal number",
        "\"kind\": \"draw\", \"seed\": \"9223372036854775808\" | seed should be at most"
      })
  void whatDoesNotFitIsNamed(String fields, String sentence) throws Exception {
    server.refuses("{" + fields + "}", sentence);
  }

  @Test
  void aPromptHasAtMost8192Characters() throws Exception {
    String most = "{\"kind\": \"draw\", \"prompt\": \"" + "x".repeat(8192) + "\"}";
    assertThat(server.ask("POST", "jobs", most).statusCode()).isEqualTo(202);
    HttpResponse<byte[]> more = server.ask("POST", "jobs", most.replace("\"}", "x\"}"));
    assertThat(more.statusCode()).isEqualTo(422);
    assertThat(text(more)).contains("prompt should be at most 8,192 characters");
  }

  @Test
  void samplersAreThereBeforeTheModelIs() throws Exception {
    assertThat(text(server.ask("GET", "samplers", ""))).contains("\"name\":\"ddim\"", "\"label\":");
  }

  @Test
  void wrongTokensOfASessionSlowDownToo() throws Exception {
    HttpRequest wrong =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/v1/session"))
            .header("Origin", "http://127.0.0.1:" + server.port())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"token\": \"wrong\"}"))
            .build();
    for (int i = 0; i < 10; i++) {
      assertThat(WaitingServer.send(wrong).statusCode()).isEqualTo(401);
    }
    long began = System.nanoTime();
    assertThat(WaitingServer.send(wrong).statusCode()).isEqualTo(401);
    assertThat(System.nanoTime() - began).isGreaterThan(900_000_000L);
  }
}
