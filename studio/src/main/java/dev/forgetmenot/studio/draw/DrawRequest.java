package dev.forgetmenot.studio.draw;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.api.sampling.Variation;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.studio.job.JobQueue.RequestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A request to draw as the JSON of a job. Seeds are decimal texts, since numbers of JavaScript have
 * 53 bits; the image to begin with and its mask are files of the job's folder.
 */
public final class DrawRequest {
  private static final String INITIAL = "initial"; // the file with the image to begin with
  private static final String MASK = "mask"; // the file with the mask

  private static final String DENOISING = "denoising";

  private DrawRequest() {}

  /**
   * A request as JSON; an image to begin with is left to {@link #files}.
   *
   * @param denoising of the image to begin with, if there is one
   */
  public static JsonObject json(GenerationRequest request, Optional<Double> denoising) {
    JsonObject json = new JsonObject();
    json.addProperty("prompt", request.prompt());
    json.addProperty("negativePrompt", request.negativePrompt());
    json.addProperty("seed", Long.toString(request.seed()));
    json.addProperty("count", request.count());
    json.addProperty("steps", request.steps());
    json.addProperty("guidance", request.guidance());
    json.addProperty("guidanceRescale", request.guidanceRescale());
    json.addProperty("clipSkip", request.clipSkip());
    json.addProperty("promptWeights", request.promptWeights());
    request.width().ifPresent(width -> json.addProperty("width", width));
    request.height().ifPresent(height -> json.addProperty("height", height));
    request.sampler().ifPresent(sampler -> json.addProperty("sampler", sampler));
    request
        .variation()
        .ifPresent(
            variation -> {
              json.addProperty("variationSeed", Long.toString(variation.seed()));
              json.addProperty("variationStrength", variation.strength());
            });
    DrawnCondition.write(request, json);
    denoising.ifPresent(share -> json.addProperty(DENOISING, share));
    return json;
  }

  /**
   * The files that a request with an image to begin with has in the folder of its job.
   *
   * @param image bytes of an image file
   * @param mask the same, white where it is drawn anew
   */
  public static RequestFiles files(byte[] image, Optional<byte[]> mask) {
    return folder -> {
      Files.write(folder.resolve(INITIAL), image);
      if (mask.isPresent()) {
        Files.write(folder.resolve(MASK), mask.get());
      }
    };
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @param folder of the job
   * @throws IOException if an image cannot be read
   */
  static GenerationRequest read(JsonObject json, Path folder) throws IOException {
    GenerationRequest.Builder request =
        GenerationRequest.builder(json.get("prompt").getAsString())
            .negativePrompt(json.get("negativePrompt").getAsString())
            .seed(json.get("seed").getAsLong())
            .count(json.get("count").getAsInt())
            .steps(json.get("steps").getAsInt())
            .guidance(json.get("guidance").getAsDouble())
            .guidanceRescale(json.get("guidanceRescale").getAsDouble())
            .clipSkip(json.get("clipSkip").getAsInt())
            .promptWeights(json.get("promptWeights").getAsBoolean());
    given(json, "width", value -> request.width(value.getAsInt()));
    given(json, "height", value -> request.height(value.getAsInt()));
    given(json, "sampler", value -> request.sampler(value.getAsString()));
    given(
        json,
        "variationSeed",
        value ->
            request.variation(
                new Variation(value.getAsLong(), json.get("variationStrength").getAsDouble())));
    DrawnCondition.read(json, request);
    if (json.has(DENOISING)) {
      Path mask = folder.resolve(MASK);
      Optional<RgbImage> masked =
          Files.exists(mask) ? Optional.of(ImageFile.read(mask).image()) : Optional.empty();
      RgbImage image = ImageFile.read(folder.resolve(INITIAL)).image();
      request.initial(new InitialImage(image, json.get(DENOISING).getAsDouble(), masked));
    }
    return request.build();
  }

  private static void given(JsonObject json, String key, Consumer<JsonElement> then) {
    Optional.ofNullable(json.get(key)).ifPresent(then);
  }
}
