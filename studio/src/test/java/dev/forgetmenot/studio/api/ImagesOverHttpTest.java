package dev.forgetmenot.studio.api;

import static dev.forgetmenot.studio.api.WaitingServer.json;
import static dev.forgetmenot.studio.api.WaitingServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.PngFile;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are sent to the server: to begin with, and to read how they were drawn. */
class ImagesOverHttpTest {
  private static final String RECIPE =
      "a photo of a fox\nNegative prompt: a dog\nSteps: 12, Sampler: Euler a, CFG scale: 6.5, Seed:"
          + " 9007199254740993, Size: 64x48";

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

  private HttpResponse<byte[]> send(byte[] file) throws Exception {
    return server.send("POST", "images", "application/octet-stream", file);
  }

  private byte[] png(String infotext) throws IOException {
    Path file = state.resolve("sent.png");
    PngFile.write(file, new RgbImage(64, 48, new byte[3 * 64 * 48]), infotext);
    return Files.readAllBytes(file);
  }

  private String sent(String infotext) throws Exception {
    HttpResponse<byte[]> answer = send(png(infotext));
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(201);
    return json(answer).get("id").getAsString();
  }

  @Test
  void anImageSaysHowItWasDrawn() throws Exception {
    String id = sent(RECIPE);
    JsonObject image = json(server.ask("GET", "images/" + id, ""));
    assertThat(image.get("seed").getAsString()).isEqualTo("9007199254740993");
    assertThat(image.get("job").getAsString()).isEmpty();
    JsonObject recipe = json(server.ask("GET", "images/" + id + "/recipe", ""));
    assertThat(recipe.get("prompt").getAsString()).isEqualTo("a photo of a fox");
    assertThat(recipe.get("negativePrompt").getAsString()).isEqualTo("a dog");
    assertThat(recipe.get("sampler").getAsString()).isEqualTo("Euler a");
    assertThat(recipe.get("steps").getAsInt()).isEqualTo(12);
    assertThat(recipe.get("guidance").getAsDouble()).isEqualTo(6.5);
    assertThat(recipe.get("seed").getAsString()).isEqualTo("9007199254740993");
    assertThat(recipe.get("height").getAsInt()).isEqualTo(48);
  }

  @Test
  void anImageWithoutARecipeHasNone() throws Exception {
    assertThat(server.ask("GET", "images/" + sent("") + "/recipe", "").statusCode()).isEqualTo(404);
    String broken = sent("a fox\nSteps: many, Sampler: Euler, Seed: 1, Size: 64x64");
    assertThat(server.ask("GET", "images/" + broken + "/recipe", "").statusCode()).isEqualTo(422);
  }

  @Test
  void whatIsNoImageIsRefusedWithoutAPlaceOfTheServer() throws Exception {
    for (byte[] wrong : new byte[][] {{}, "text".getBytes(StandardCharsets.UTF_8)}) {
      HttpResponse<byte[]> answer = send(wrong);
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(422);
      assertThat(json(answer).get("detail").getAsString()).startsWith("the file is not");
    }
    assertThat(state.resolve("images")).isEmptyDirectory();
  }

  @Test
  void aDrawingBeginsWithAnImageAndAMask() throws Exception {
    String image = sent("");
    String mask = sent("");
    HttpResponse<byte[]> answer =
        server.ask(
            "POST",
            "jobs",
            "{\"kind\": \"draw\", \"prompt\": \"a fox\", \"denoising\": 0.6, \"initialImage\": \""
                + image
                + "\", \"mask\": \""
                + mask
                + "\"}");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(202);
    JsonObject job = json(answer);
    assertThat(job.getAsJsonObject("request").get("denoising").getAsDouble()).isEqualTo(0.6);
    Path folder = state.resolve("jobs").resolve(job.get("id").getAsString());
    assertThat(folder.resolve("initial")).isRegularFile();
    assertThat(folder.resolve("mask")).isRegularFile();
  }

  @Test
  void whatDoesNotFitIsNamed() throws Exception {
    String image = sent("");
    server.refuses(draw("\"initialImage\": \"../x\""), "the id of an image that is here");
    server.refuses(draw("\"mask\": \"" + image + "\""), "given with an initialImage");
    server.refuses(
        draw("\"denoising\": 1.5, \"initialImage\": \"" + image + "\""), "above 0 and at most 1");
  }

  private static String draw(String fields) {
    return "{\"kind\": \"draw\", \"prompt\": \"a fox\", " + fields + "}";
  }
}
