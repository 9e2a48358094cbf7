package dev.forgetmenot.studio.sdapi;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.Variation;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.studio.http.HttpProblem;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The body of {@code txt2img} and {@code img2img}, with the defaults of A1111. Keys that are not
 * known are ignored, as there; what would change the image and cannot be done is refused.
 *
 * @param json as it was sent
 */
record Txt2ImgBody(JsonObject json) {
  private static final int STEPS = 50;
  private static final int MOST_STEPS = 150;
  private static final double GUIDANCE = 7;
  private static final int SIDE = 512;
  private static final int MOST_IMAGES = 16;
  private static final int MOST_PIXELS = 4 << 20;
  private static final int MOST_PROMPT = 8192;
  private static final String AUTOMATIC = "automatic";

  /**
   * What is to be drawn, without an image to begin with. A random seed is chosen here.
   *
   * @throws HttpProblem if something does not fit
   */
  GenerationRequest request() throws HttpProblem {
    refuseWhatIsMissing();
    int width = number("width", SIDE);
    int height = number("height", SIDE);
    require((long) width * height <= MOST_PIXELS, "width × height", "at most 4,194,304");
    int count = number("batch_size", 1) * number("n_iter", 1);
    require(count >= 1 && count <= MOST_IMAGES, "batch_size × n_iter", "in [1, 16]");
    int steps = number("steps", STEPS);
    require(steps >= 1 && steps <= MOST_STEPS, "steps", "in [1, 150]");
    GenerationRequest.Builder request =
        GenerationRequest.builder(prompt("prompt"))
            .negativePrompt(prompt("negative_prompt"))
            .seed(seed("seed"))
            .count(count)
            .steps(steps)
            .guidance(decimal("cfg_scale", GUIDANCE))
            .width(width)
            .height(height)
            .clipSkip(clipSkip())
            .promptWeights(true);
    String sampler = sampler();
    if (!sampler.isEmpty()) {
      request.sampler(sampler);
    }
    double strength = decimal("subseed_strength", 0);
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
    double share = decimal("denoising_strength", 0.75);
    require(share > 0 && share <= 1, "denoising_strength", "above 0 and at most 1");
    return Math.min(share, 0.999);
  }

  /** Whether the answer is to hold the images. */
  boolean sendsImages() throws HttpProblem {
    return flag("send_images", true);
  }

  private void refuseWhatIsMissing() throws HttpProblem {
    if (flag("enable_hr", false)) {
      throw HttpProblem.unfit("enable_hr: there is no upscaler here; draw at the size you want");
    }
    if (flag("restore_faces", false)) {
      throw HttpProblem.unfit("restore_faces: there is none here; leave it out");
    }
    if (!text("script_name").isEmpty() && !text("script_name").equalsIgnoreCase("none")) {
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
    JsonElement value = json.get(key);
    return value == null
        || value.isJsonNull()
        || (value.isJsonArray() && value.getAsJsonArray().isEmpty())
        || (value.isJsonObject() && value.getAsJsonObject().isEmpty());
  }

  private String prompt(String key) throws HttpProblem {
    String text = text(key);
    require(text.length() <= MOST_PROMPT, key, "at most 8,192 characters long");
    return text;
  }

  /** The sampler, then the scheduler: {@code Automatic} says nothing. */
  private String sampler() throws HttpProblem {
    String sampler = text("sampler_name");
    if (sampler.isEmpty()) {
      sampler = text("sampler_index");
    }
    String scheduler = text("scheduler");
    return List.of(AUTOMATIC, "").contains(scheduler.toLowerCase(Locale.ROOT))
        ? sampler
        : (sampler + " " + scheduler).strip();
  }

  private int clipSkip() throws HttpProblem {
    String text = override("CLIP_stop_at_last_layers");
    int own = text.isEmpty() ? number("clip_skip", 1) : (int) Double.parseDouble(text);
    require(own >= 1 && own <= 12, "clip skip", "in [1, 12]");
    return own;
  }

  /** A value of {@code override_settings} as text; empty if it is not there. */
  String override(String key) throws HttpProblem {
    JsonElement settings = json.get("override_settings");
    if (settings == null || !settings.isJsonObject()) {
      return "";
    }
    return new Txt2ImgBody(settings.getAsJsonObject()).text(key);
  }

  private long seed(String key) throws HttpProblem {
    double given = decimal(key, -1);
    if (given < 0) {
      return ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    }
    return json.get(key).getAsLong();
  }

  private String text(String key) throws HttpProblem {
    JsonElement value = json.get(key);
    if (value == null || value.isJsonNull()) {
      return "";
    }
    if (!value.isJsonPrimitive()) {
      throw HttpProblem.unfit(key + " should be a text");
    }
    return value.getAsString();
  }

  private boolean flag(String key, boolean usual) throws HttpProblem {
    String text = text(key);
    return text.isEmpty() ? usual : text.equals("true");
  }

  private int number(String key, int usual) throws HttpProblem {
    double value = decimal(key, usual);
    require(value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE, key, "whole");
    return (int) value;
  }

  private double decimal(String key, double usual) throws HttpProblem {
    String text = text(key);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      double value = Double.parseDouble(text);
      require(Double.isFinite(value), key, "finite");
      return value;
    } catch (NumberFormatException e) {
      throw HttpProblem.unfit(key + " should be a number");
    }
  }

  private static void require(boolean holds, String key, String expected) throws HttpProblem {
    if (!holds) {
      throw HttpProblem.unfit(Message.of("%s should be %s", key, expected));
    }
  }
}
