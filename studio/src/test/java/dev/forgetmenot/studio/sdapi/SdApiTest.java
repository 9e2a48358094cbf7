package dev.forgetmenot.studio.sdapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.studio.Served;
import dev.forgetmenot.studio.draw.EmbeddedServed;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.edit.FixedEdits;
import dev.forgetmenot.studio.evaluate.FixedEvaluations;
import dev.forgetmenot.studio.event.HeardEvents;
import dev.forgetmenot.studio.event.ServerEvents;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.HttpServer;
import dev.forgetmenot.studio.job.JobFolders;
import dev.forgetmenot.studio.job.JobProblems;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.ShownText;
import dev.forgetmenot.studio.patch.BaseFiles;
import dev.forgetmenot.studio.patch.PatchRoutes;
import dev.forgetmenot.studio.patch.SentPatches;
import dev.forgetmenot.studio.patch.ServerKey;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of A1111 ask, in the form in which they ask it, with the embedded model. */
class SdApiTest {
  private static final AccessToken TOKEN = new AccessToken("secret");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static ServedModel model;
  private static Path kept;
  private static JobQueue queue;
  private static ServerEvents events;
  private static HttpServer server;

  @BeforeAll
  static void start(@TempDir Path state) throws Exception {
    kept = state;
    model = EmbeddedServed.load();
    ImageStore store = new ImageStore(state.resolve("images"));
    PatchFolders folders = new PatchFolders(List.of(state));
    TrustStore trust = new TrustStore(state.resolve("trust.json"));
    PatchRoutes patches =
        new PatchRoutes(
            new SentPatches(state, folders),
            new PatchVerifier(trust, Optional.empty(), note -> {}),
            model,
            ServerKey.of(state.resolve("signing.key"), trust, Optional.empty()));
    Served served =
        new Served(
            TOKEN,
            model,
            store,
            patches,
            new FixedEdits(List.of()),
            new FixedEvaluations(List.of(), state),
            new BaseFiles(EmbeddedModel.folder(), ReadingOptions.DEFAULT),
            state.resolve("models"));
    queue =
        new JobQueue(
            new JobFolders(state.resolve("jobs")),
            served.kinds(),
            4,
            new JobProblems(new ShownText(List.of(state))),
            Clock.systemUTC());
    queue.start();
    events = new ServerEvents(model, queue, store);
    server =
        HttpServer.start(
            0,
            Set.of(),
            TOKEN,
            List.of(
                served.api(queue, events),
                new SdApi(model, queue, store, new SdNames(model, folders))));
    CountDownLatch loaded = new CountDownLatch(1);
    model.whenLoaded((ready, failure) -> loaded.countDown());
    loaded.await();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    events.close();
    queue.close();
    model.close();
  }

  /** As the clients send it: the token as the password of Basic authentication. */
  private static HttpResponse<String> ask(String method, String path, String body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("Authorization", "Basic " + base64("fmn:" + TOKEN.text()))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static JsonElement json(String method, String path, String body) throws Exception {
    HttpResponse<String> answer = ask(method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonParser.parseString(answer.body());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String resource(String name) throws IOException {
    try (var in = SdApiTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void sillyTavernDraws() throws Exception {
    JsonObject answer =
        json("POST", "/sdapi/v1/txt2img", resource("silly-tavern-txt2img.json")).getAsJsonObject();
    byte[] png = Base64.getDecoder().decode(answer.getAsJsonArray("images").get(0).getAsString());
    assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(64);
    JsonObject info = JsonParser.parseString(answer.get("info").getAsString()).getAsJsonObject();
    assertThat(info.getAsJsonArray("infotexts").get(0).getAsString())
        .contains("Sampler: DPM++ 2M Karras", "Seed: 11", "Negative prompt: text, blurry");
    assertThat(info.getAsJsonObject("extra_generation_params").toString())
        .contains("drawn at its own 64 × 64");
    assertThat(info.get("width").getAsInt()).as("what was drawn").isEqualTo(64);
    assertThat(answer.toString())
        .as("the client sends its password along")
        .doesNotContain("PASSWORD");
    assertThat(queue.jobs().toString()).doesNotContain("PASSWORD");
  }

  @Test
  void openWebUiDraws() throws Exception {
    JsonObject answer =
        json("POST", "/sdapi/v1/txt2img", resource("open-webui-txt2img.json")).getAsJsonObject();
    assertThat(answer.getAsJsonArray("images")).hasSize(2);
    JsonObject info = JsonParser.parseString(answer.get("info").getAsString()).getAsJsonObject();
    long seed = info.get("seed").getAsLong();
    assertThat(info.getAsJsonArray("all_seeds").get(1).getAsLong()).isEqualTo(seed + 1);
  }

  @Test
  void anImageIsDrawnFurther() throws Exception {
    JsonObject first =
        json("POST", "/sdapi/v1/txt2img", resource("open-webui-txt2img.json")).getAsJsonObject();
    JsonObject body = JsonParser.parseString(resource("open-webui-txt2img.json")).getAsJsonObject();
    body.add("init_images", first.getAsJsonArray("images").deepCopy());
    body.getAsJsonArray("init_images").remove(1);
    body.addProperty("denoising_strength", 0.6);
    body.addProperty("steps", 4);
    JsonObject answer = json("POST", "/sdapi/v1/img2img", body.toString()).getAsJsonObject();
    assertThat(answer.get("info").getAsString()).contains("Denoising strength: 0.6");
    JsonObject asked = new JsonObject();
    asked.add("image", answer.getAsJsonArray("images").get(0));
    assertThat(
            json("POST", "/sdapi/v1/png-info", asked.toString())
                .getAsJsonObject()
                .get("info")
                .getAsString())
        .contains("Denoising strength: 0.6");
  }

  @Test
  void addressesOfImagesAreNotFetched() throws Exception {
    HttpResponse<String> answer =
        ask(
            "POST",
            "/sdapi/v1/img2img",
            "{\"prompt\":\"a fox\",\"init_images\":[\"http://127.0.0.1:1/a.png\"]}");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("no address is fetched");
  }

  private static HttpResponse<String> drawnFrom(String image) throws Exception {
    return ask(
        "POST",
        "/sdapi/v1/img2img",
        "{\"prompt\":\"a fox\",\"steps\":2,\"init_images\":[\"" + image + "\"]}");
  }

  @Test
  void anImageThatSaysThatItIsHugeEndsItsJobAlone() throws Exception {
    long began = System.nanoTime();
    HttpResponse<String> answer = drawnFrom(CraftedPng.ofSize(40_000, 40_000));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(System.nanoTime() - began).isLessThan(10_000_000_000L);
    assertThat(ask("POST", "/sdapi/v1/txt2img", "{\"prompt\":\"a\",\"steps\":1}").statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zTXt", "iTXt"})
  void aTextThatBecomesHugeIsRefused(String type) throws Exception {
    String bomb = CraftedPng.withText(type, 300);
    assertThat(bomb).hasSizeLessThan(1 << 20);
    HttpResponse<String> answer = ask("POST", "/sdapi/v1/png-info", "{\"image\":\"" + bomb + "\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body()).contains("the image cannot be read").doesNotContain("/tmp");
    assertThat(drawnFrom(bomb).statusCode()).isEqualTo(422);
  }

  @Test
  void theSentenceOfAJobNamesNoPlaceOfTheServer() throws Exception {
    HttpResponse<String> answer = drawnFrom("bm8gaW1hZ2U=");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("initial is not a readable image");
    assertThat(answer.body()).doesNotContain(kept.toString());
    assertThat(ask("GET", "/api/v1/jobs", "").body()).doesNotContain(kept.toString());
  }

  @Test
  void whatCannotBeDoneIsSaidBeforeAJobIsMade() throws Exception {
    int before = queue.jobs().size();
    assertThat(refused("{\"prompt\":\"a\",\"sampler_name\":\"Nothing\"}", 404))
        .contains("Sampler not found", "dpmpp-2m");
    assertThat(refused("{\"prompt\":\"a\",\"steps\":0}", 422)).contains("steps");
    assertThat(refused("{\"prompt\":\"a\",\"steps\":\"many\"}", 422)).contains("steps");
    assertThat(refused("{\"prompt\":\"a\",\"batch_size\":17}", 422)).contains("batch_size");
    assertThat(refused("{\"prompt\":\"a\",\"width\":100000}", 422)).contains("width");
    assertThat(refused("{\"prompt\":\"a\",\"enable_hr\":true}", 422)).contains("upscaler");
    assertThat(refused("{\"prompt\":{\"a\":1}}", 422)).contains("prompt");
    assertThat(refused("{\"override_settings\":{\"sd_model_checkpoint\":\"x\"}}", 404))
        .contains("emoji");
    assertThat(queue.jobs()).hasSize(before);
  }

  private static String refused(String body, int status) throws Exception {
    HttpResponse<String> answer = ask("POST", "/sdapi/v1/txt2img", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonObject json = JsonParser.parseString(answer.body()).getAsJsonObject();
    assertThat(json.keySet()).contains("error", "detail", "body", "errors");
    return json.get("detail").getAsString();
  }

  @Test
  void anUnknownPatchEndsTheJobWithASentence() throws Exception {
    HttpResponse<String> answer =
        ask("POST", "/sdapi/v1/txt2img", "{\"prompt\":\"a fox <lora:nothing:1>\",\"steps\":2}");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("plugin-patch");
  }

  @Test
  void clientsFindWhatTheyAskForFirst() throws Exception {
    JsonObject options = json("GET", "/sdapi/v1/options", "").getAsJsonObject();
    assertThat(options.get("sd_model_checkpoint").getAsString()).isEqualTo("emoji");
    assertThat(options.has("forge_preset")).isFalse();
    json("POST", "/sdapi/v1/options", options.toString());
    assertThat(ask("POST", "/sdapi/v1/options", "{\"sd_model_checkpoint\":\"x\"}").statusCode())
        .isEqualTo(404);
    assertThat(json("GET", "/sdapi/v1/sd-models", "").toString()).contains("\"title\":\"emoji\"");
    assertThat(json("GET", "/sdapi/v1/samplers", "").toString()).contains("DPM++ 2M SDE");
    assertThat(json("GET", "/sdapi/v1/schedulers", "").toString())
        .contains("\"label\":\"Automatic\"", "\"label\":\"Karras\"");
    for (String list : List.of("upscalers", "latent-upscale-modes", "sd-vae", "loras")) {
      assertThat(json("GET", "/sdapi/v1/" + list, "").isJsonArray()).as(list).isTrue();
    }
    assertThat(ask("GET", "/sdapi/v1/sd-modules", "").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/sdapi/v1/cmd-flags", "").statusCode()).isEqualTo(404);
    JsonObject progress =
        json("GET", "/sdapi/v1/progress?skip_current_image=true", "").getAsJsonObject();
    assertThat(progress.get("progress").getAsDouble()).isZero();
    assertThat(progress.getAsJsonObject("state").get("job_count").getAsInt()).isZero();
    json("POST", "/sdapi/v1/interrupt", "");
  }

  @Test
  void aJobThatIsInterruptedAnswersWithWhatItHas() throws Exception {
    var drawing =
        CLIENT.sendAsync(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + server.port() + "/sdapi/v1/txt2img"))
                .header("Authorization", "Bearer " + TOKEN.text())
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"prompt\":\"a fox\",\"steps\":150,\"batch_size\":8}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonObject progress;
    do {
      progress = json("GET", "/sdapi/v1/progress", "").getAsJsonObject();
    } while (progress.getAsJsonObject("state").get("sampling_step").getAsInt() < 1);
    assertThat(progress.get("progress").getAsDouble()).isBetween(0.001, 1.0);
    json("POST", "/sdapi/v1/interrupt", "");
    HttpResponse<String> answer = drawing.get();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(JsonParser.parseString(answer.body()).getAsJsonObject().getAsJsonArray("images"))
        .hasSize(1);
    JsonObject newest =
        json("GET", "/api/v1/jobs?limit=1", "")
            .getAsJsonObject()
            .getAsJsonArray("jobs")
            .get(0)
            .getAsJsonObject();
    assertThat(newest.get("state").getAsString()).isEqualTo("cancelled");
    String id = newest.getAsJsonObject("result").getAsJsonArray("images").get(0).getAsString();
    assertThat(ask("GET", "/api/v1/images/" + id + ".png", "").headers().firstValue("content-type"))
        .contains("image/png");
    assertThat(ask("DELETE", "/api/v1/images/" + id, "").statusCode()).isEqualTo(204);
    assertThat(ask("GET", "/api/v1/images/" + id, "").statusCode()).isEqualTo(404);
  }

  @Test
  void aDrawingIsHeardOf() throws Exception {
    try (HeardEvents listener = new HeardEvents(server.port(), "")) {
      String body = "{\"kind\": \"draw\", \"prompt\": \"a fox\", \"steps\": 3, \"count\": 2}";
      assertThat(ask("POST", "/api/v1/jobs", body).statusCode()).isEqualTo(202);
      List<HeardEvents.Event> heard = listener.untilJob("done");
      assertThat(heard)
          .extracting(HeardEvents.Event::name)
          .startsWith("hello")
          .contains("progress", "image", "queue");
      assertThat(heard.stream().filter(event -> event.name().equals("image")))
          .extracting(event -> event.data().keySet())
          .containsExactly(Set.of("id", "job", "seed"), Set.of("id", "job", "seed"));
    }
  }
}
