package dev.forgetmenot.studio.sdapi;

import com.google.gson.JsonElement;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.Variation;
import dev.forgetmenot.studio.draw.DrawLimits;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The body of {@code txt2img} and {@code img2img}, with the defaults of A1111. Keys that are not
 * known are ignored, as there; what would change the image and cannot be done is refused.
 *
 * @param fields as it was sent
 */
record Txt2ImgBody(JsonFields fields) {
  private static final int STEPS = 50;
  private static final double GUIDANCE = 7;
  private static final int SIDE = 512;
  private static final String AUTOMATIC = "automatic";

  /**
   * What is to be drawn, without an image to begin with. A random seed is chosen here.
   *
   * @throws HttpProblem if something does not fit
   */
  GenerationRequest request() throws HttpProblem {
    refuseWhatIsMissing();
    int width = fields.number("width", SIDE);
    int height = fields.number("height", SIDE);
    JsonFields.require(
        (long) width * height <= DrawLimits.PIXELS, "width × height", "at most 4,194,304");
    int count = fields.number("batch_size", 1) * fields.number("n_iter", 1);
    JsonFields.require(
        count >= 1 && count <= DrawLimits.IMAGES, "batch_size × n_iter", "in [1, 16]");
    int steps = fields.number("steps", STEPS, 1, DrawLimits.STEPS);
    GenerationRequest.Builder request =
        GenerationRequest.builder(fields.text("prompt", DrawLimits.PROMPT))
            .negativePrompt(fields.text("negative_prompt", DrawLimits.PROMPT))
            .seed(seed("seed"))
            .count(count)
            .steps(steps)
            .guidance(fields.decimal("cfg_scale", GUIDANCE))
            .width(width)
            .height(height)
            .clipSkip(clipSkip())
            .promptWeights(true);
    String sampler = sampler();
    if (!sampler.isEmpty()) {
      request.sampler(sampler);
    }
    double strength = fields.decimal("subseed_strength", 0);
    try {
      if (strength > 0) {
        request.variation(new Variation(seed("subseed"), strength));
      }
      return request.build();
    } catch (IllegalArgumentException e) {
      throw HttpProblem.unfit(e.getMessage());
    }
  }

  /** How much of the image to begin with is drawn anew: A1111 never takes all steps. */
  double denoising() throws HttpProblem {
    double share = fields.decimal("denoising_strength", 0.75);
    JsonFields.require(share > 0 && share <= 1, "denoising_strength", "above 0 and at most 1");
    return Math.min(share, 0.999);
  }

  /** Whether the answer is to hold the images. */
  boolean sendsImages() throws HttpProblem {
    return fields.flag("send_images", true);
  }

  private void refuseWhatIsMissing() throws HttpProblem {
    if (fields.flag("enable_hr", false)) {
      throw HttpProblem.unfit("enable_hr: there is no upscaler here; draw at the size you want");
    }
    if (fields.flag("restore_faces", false)) {
      throw HttpProblem.unfit("restore_faces: there is none here; leave it out");
    }
    if (!fields.text("script_name").isEmpty()
        && !fields.text("script_name").equalsIgnoreCase("none")) {
      throw HttpProblem.unfit("script_name: there are no scripts here; leave it out");
    }
    if (!empty("alwayson_scripts") || !empty("styles")) {
      throw HttpProblem.unfit(
          "alwayson_scripts and styles: there are none here; send them empty or not at all");
    }
    String vae = override("sd_vae");
    if (!Set.of("", AUTOMATIC, "none").contains(vae.toLowerCase(Locale.ROOT))) {
      throw HttpProblem.unfit("sd_vae: the model's own VAE is used; send Automatic");
    }
  }

  private boolean empty(String key) {
    JsonElement value = fields.json().get(key);
    return value == null
        || value.isJsonNull()
        || (value.isJsonArray() && value.getAsJsonArray().isEmpty())
        || (value.isJsonObject() && value.getAsJsonObject().isEmpty());
  }

  /** The sampler, then the scheduler: {@code Automatic} says nothing. */
  private String sampler() throws HttpProblem {
    String sampler = fields.text("sampler_name");
    if (sampler.isEmpty()) {
      sampler = fields.text("sampler_index");
    }
    String scheduler = fields.text("scheduler");
    return List.of(AUTOMATIC, "").contains(scheduler.toLowerCase(Locale.ROOT))
        ? sampler
        : (sampler + " " + scheduler).strip();
  }

  private int clipSkip() throws HttpProblem {
    String text = override("CLIP_stop_at_last_layers");
    int own = text.isEmpty() ? fields.number("clip_skip", 1) : (int) Double.parseDouble(text);
    JsonFields.require(own >= 1 && own <= 12, "clip skip", "in [1, 12]");
    return own;
  }

  /** A value of {@code override_settings} as text; empty if it is not there. */
  String override(String key) throws HttpProblem {
    JsonElement settings = fields.json().get("override_settings");
    if (settings == null || !settings.isJsonObject()) {
      return "";
    }
    return new JsonFields(settings.getAsJsonObject()).text(key);
  }

  private long seed(String key) throws HttpProblem {
    double given = fields.decimal(key, -1);
    if (given < 0) {
      return ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    }
    return fields.json().get(key).getAsLong();
  }
}
