package dev.forgetmenot.studio.sdapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.Variation;
import dev.forgetmenot.studio.draw.StoredImage;
import dev.forgetmenot.studio.job.Job;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What A1111 says of drawn images under {@code info}: a JSON object as a text.
 *
 * @param images what was drawn
 * @param model its name
 */
record DrawnInfo(Job job, GenerationRequest request, List<StoredImage> images, String model) {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  String text() {
    JsonObject info = new JsonObject();
    JsonArray prompts = new JsonArray();
    JsonArray negatives = new JsonArray();
    JsonArray seeds = new JsonArray();
    JsonArray subseeds = new JsonArray();
    Optional<Variation> variation = request.variation();
    for (int i = 0; i < request.count(); i++) {
      prompts.add(request.prompt());
      negatives.add(request.negativePrompt());
      seeds.add(request.seedOf(i));
      int image = i;
      subseeds.add(variation.map(one -> one.plus(image).seed()).orElse(-1L));
    }
    info.addProperty("prompt", request.prompt());
    info.add("all_prompts", prompts);
    info.addProperty("negative_prompt", request.negativePrompt());
    info.add("all_negative_prompts", negatives);
    info.addProperty("seed", request.seed());
    info.add("all_seeds", seeds);
    info.addProperty("subseed", variation.map(Variation::seed).orElse(-1L));
    info.add("all_subseeds", subseeds);
    info.addProperty("subseed_strength", variation.map(Variation::strength).orElse(0.0));
    info.addProperty("width", images.stream().mapToInt(StoredImage::width).findFirst().orElse(0));
    info.addProperty("height", images.stream().mapToInt(StoredImage::height).findFirst().orElse(0));
    info.addProperty("sampler_name", request.sampler().orElse(""));
    info.addProperty("cfg_scale", request.guidance());
    info.addProperty("steps", request.steps());
    info.addProperty("batch_size", request.count());
    info.addProperty("restore_faces", false);
    info.addProperty("sd_model_name", model);
    info.addProperty("sd_model_hash", "");
    info.addProperty("denoising_strength", 0);
    JsonObject notes = new JsonObject();
    if (job.result().has("notes") && !job.result().getAsJsonArray("notes").isEmpty()) {
      notes.add("Notes", job.result().get("notes"));
    }
    info.add("extra_generation_params", notes);
    info.addProperty("index_of_first_image", 0);
    JsonArray texts = new JsonArray();
    images.forEach(image -> texts.add(image.infotext()));
    info.add("infotexts", texts);
    info.add("styles", new JsonArray());
    info.addProperty("job_timestamp", TIMESTAMP.format(job.created()));
    info.addProperty("clip_skip", request.clipSkip());
    return info.toString();
  }
}
