package dev.forgetmenot.studio.draw;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SizeCondition;
import java.util.List;
import java.util.Optional;

/**
 * What models with two text encoders, such as SDXL, are told beside the prompt, in JSON: the second
 * prompts, and the sizes of {@link SizeCondition}; what is not there, or 0, is the image's own.
 */
public final class DrawnCondition {
  /** The prompt of the second text encoder. */
  private static final String PROMPT = "secondPrompt";

  /** The negative prompt of the second text encoder. */
  private static final String NEGATIVE = "secondNegativePrompt";

  /** The keys of texts. */
  public static final List<String> TEXTS = List.of(PROMPT, NEGATIVE);

  /** The keys of numbers, in pixels. */
  public static final List<String> NUMBERS =
      List.of(
          "originalWidth", "originalHeight", "cropLeft", "cropTop", "targetWidth", "targetHeight");

  private DrawnCondition() {}

  /**
   * Sets what is there.
   *
   * @throws IllegalArgumentException if a size has one side, or is too large
   */
  public static void read(JsonObject json, GenerationRequest.Builder request) {
    text(json, PROMPT).ifPresent(request::secondPrompt);
    text(json, NEGATIVE).ifPresent(request::secondNegativePrompt);
    List<Integer> pixels = NUMBERS.stream().map(key -> number(json, key)).toList();
    request.sizeCondition(
        new SizeCondition(
            size("original", pixels.get(0), pixels.get(1)),
            pixels.get(2),
            pixels.get(3),
            size("target", pixels.get(4), pixels.get(5))));
  }

  private static Optional<SizeCondition.Pixels> size(String name, int width, int height) {
    if ((width == 0) != (height == 0)) {
      throw new IllegalArgumentException(
          name + "Width and " + name + "Height should be given both, or neither");
    }
    return width == 0 ? Optional.empty() : Optional.of(new SizeCondition.Pixels(width, height));
  }

  private static Optional<String> text(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key))
        .filter(value -> !value.isJsonNull())
        .map(JsonElement::getAsString)
        .filter(text -> !text.isEmpty());
  }

  private static int number(JsonObject json, String key) {
    return text(json, key).map(text -> (int) Double.parseDouble(text)).orElse(0);
  }

  /** Writes what a request has. */
  static void write(GenerationRequest request, JsonObject json) {
    request.secondPrompt().ifPresent(text -> json.addProperty(PROMPT, text));
    request.secondNegativePrompt().ifPresent(text -> json.addProperty(NEGATIVE, text));
    SizeCondition sizes = request.sizeCondition();
    List<Integer> pixels =
        List.of(
            sizes.original().map(SizeCondition.Pixels::width).orElse(0),
            sizes.original().map(SizeCondition.Pixels::height).orElse(0),
            sizes.cropLeft(),
            sizes.cropTop(),
            sizes.target().map(SizeCondition.Pixels::width).orElse(0),
            sizes.target().map(SizeCondition.Pixels::height).orElse(0));
    for (int i = 0; i < NUMBERS.size(); i++) {
      if (pixels.get(i) != 0) {
        json.addProperty(NUMBERS.get(i), pixels.get(i));
      }
    }
  }
}
