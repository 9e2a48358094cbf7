package dev.forgetmenot.studio.api;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.studio.draw.DrawLimits;
import dev.forgetmenot.studio.draw.DrawRequest;
import dev.forgetmenot.studio.draw.DrawnCondition;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.JsonFields;
import dev.forgetmenot.studio.job.JobQueue.RequestFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is to be drawn, as the page asks for it: {@code prompt}, {@code negativePrompt}, {@code
 * sampler}, {@code steps}, {@code guidance}, {@code width}, {@code height}, {@code seed} (a decimal
 * text; random without it), {@code count}, {@code clipSkip}; what SDXL is told beside, {@code
 * secondPrompt}, {@code secondNegativePrompt} and {@link DrawnCondition}'s; {@code initialImage},
 * the id of an image to begin with, with {@code denoising} and {@code mask}, the id of another one.
 */
record DrawBody(JsonFields fields) {
  private static final String INITIAL = "initialImage";
  private static final String MASK = "mask";
  private static final String DENOISING = "denoising";
  private static final double USUAL_DENOISING = 0.75;

  private static final Set<String> KEYS =
      Stream.of(
              List.of(
                  "kind",
                  "prompt",
                  "negativePrompt",
                  "sampler",
                  "steps",
                  "guidance",
                  "width",
                  "height",
                  "seed",
                  "count",
                  "clipSkip",
                  INITIAL,
                  MASK,
                  DENOISING),
              DrawnCondition.TEXTS,
              DrawnCondition.NUMBERS)
          .flatMap(List::stream)
          .collect(Collectors.toUnmodifiableSet());

  /**
   * The request. A random seed is chosen here.
   *
   * @throws HttpProblem if something does not fit
   */
  GenerationRequest request() throws HttpProblem {
    Set<String> unknown = new TreeSet<>(fields.json().keySet());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw HttpProblem.unfit(
          "a drawing has no " + unknown.iterator().next() + "; it has " + new TreeSet<>(KEYS));
    }
    GenerationRequest.Builder request =
        GenerationRequest.builder(fields.text("prompt", DrawLimits.PROMPT))
            .negativePrompt(fields.text("negativePrompt", DrawLimits.PROMPT))
            .seed(seed())
            .count(fields.number("count", 1, 1, DrawLimits.IMAGES))
            .steps(fields.number("steps", 20, 1, DrawLimits.STEPS))
            .guidance(fields.decimal("guidance", 5))
            .clipSkip(fields.number("clipSkip", 1, 1, 12))
            .promptWeights(true);
    size(request);
    condition(request);
    String sampler = fields.text("sampler");
    if (!sampler.isEmpty()) {
      request.sampler(sampler);
    }
    try {
      return request.build();
    } catch (IllegalArgumentException e) {
      throw HttpProblem.unfit(e.getMessage());
    }
  }

  /** How much of the image to begin with is drawn anew; empty without one. */
  Optional<Double> denoising() throws HttpProblem {
    if (fields.text(INITIAL).isEmpty()) {
      JsonFields.require(
          fields.text(MASK).isEmpty() && fields.text(DENOISING).isEmpty(),
          "mask and denoising",
          "given with an initialImage");
      return Optional.empty();
    }
    double share = fields.decimal(DENOISING, USUAL_DENOISING);
    JsonFields.require(share > 0 && share <= 1, DENOISING, "above 0 and at most 1");
    return Optional.of(share);
  }

  /** The images that it begins with, as files of the job. */
  RequestFiles files(ImageStore store) throws HttpProblem, IOException {
    if (fields.text(INITIAL).isEmpty()) {
      return RequestFiles.NONE;
    }
    Optional<byte[]> mask =
        fields.text(MASK).isEmpty() ? Optional.empty() : Optional.of(bytes(MASK, store));
    return DrawRequest.files(bytes(INITIAL, store), mask);
  }

  private byte[] bytes(String key, ImageStore store) throws HttpProblem, IOException {
    String id = fields.text(key);
    JsonFields.require(store.image(id).isPresent(), key, "the id of an image that is here");
    return store.bytes(id);
  }

  private void size(GenerationRequest.Builder request) throws HttpProblem {
    int width = fields.number("width", 0, 0, DrawLimits.PIXELS);
    int height = fields.number("height", 0, 0, DrawLimits.PIXELS);
    JsonFields.require(
        (width == 0) == (height == 0),
        "width and height",
        "given both, or neither for the model's");
    JsonFields.require(
        (long) width * height <= DrawLimits.PIXELS, "width × height", "at most 4,194,304");
    if (width > 0) {
      request.width(width).height(height);
    }
  }

  private void condition(GenerationRequest.Builder request) throws HttpProblem {
    for (String key : DrawnCondition.TEXTS) {
      fields.text(key, DrawLimits.PROMPT);
    }
    for (String key : DrawnCondition.NUMBERS) {
      fields.number(key, 0, 0, DrawLimits.PIXELS);
    }
    try {
      DrawnCondition.read(fields.json(), request);
    } catch (IllegalArgumentException e) {
      throw HttpProblem.unfit(e.getMessage());
    }
  }

  private long seed() throws HttpProblem {
    String text = fields.text("seed");
    if (text.isEmpty()) {
      return ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    }
    JsonFields.require(text.matches("\\d{1,19}"), "seed", "a decimal number of at most 19 digits");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw HttpProblem.unfit("seed should be at most " + Long.MAX_VALUE);
    }
  }
}
