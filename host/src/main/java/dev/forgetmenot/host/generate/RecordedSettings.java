package dev.forgetmenot.host.generate;

import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.GuidanceInterval;
import dev.forgetmenot.api.sampling.SizeCondition;
import dev.forgetmenot.api.sampling.Variation;
import dev.forgetmenot.diffusion.image.Infotext;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.image.ImageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What an image says of how it was drawn, by this program or A1111, to draw it again.
 *
 * @param file the image, for messages
 * @param infotext its text
 */
public record RecordedSettings(String file, Infotext infotext) {
  private static final String SECOND_PROMPT = "Prompt 2";
  private static final String SECOND_NEGATIVE_PROMPT = "Negative prompt 2";
  private static final String ORIGINAL_SIZE = "Original size";
  private static final String CROP = "Crop";
  private static final String TARGET_SIZE = "Target size";

  /** Nothing: every setting is the usual. */
  public static final RecordedSettings NONE =
      new RecordedSettings("", new Infotext("", "", Map.of()));

  /**
   * Reads a PNG file.
   *
   * @throws IOException if it is none, or does not say how it was drawn
   */
  public static RecordedSettings read(Path image) throws IOException {
    String text =
        ImageFile.text(image, PngFile.KEYWORD)
            .orElseThrow(
                () ->
                    new IOException(
                        image
                            + " does not say how it was drawn: expected a PNG file with a text"
                            + " chunk 'parameters', as this program and A1111 write it"));
    return of(image.toString(), text);
  }

  /**
   * Of the text of an image.
   *
   * @param file the image, for messages
   */
  public static RecordedSettings of(String file, String text) {
    return new RecordedSettings(file, Infotext.parse(text));
  }

  /** The prompt. */
  public String prompt() {
    return infotext.prompt();
  }

  /** The negative prompt; empty where there is none. */
  public String negativePrompt() {
    return infotext.negativePrompt();
  }

  /** The seed. */
  public Optional<Long> seed() {
    return number("Seed", Long::valueOf);
  }

  /** How many steps. */
  public Optional<Integer> steps() {
    return number("Steps", Integer::valueOf);
  }

  /** How strongly the prompt guides. */
  public Optional<Double> guidance() {
    return number("CFG scale", Double::valueOf);
  }

  /** How many of the last layers of the text encoder are left out, and one. */
  public Optional<Integer> clipSkip() {
    return number("Clip skip", Integer::valueOf);
  }

  /** The prompt of the second text encoder, where it was another. */
  public Optional<String> secondPrompt() {
    return infotext.get(SECOND_PROMPT);
  }

  /** What to stay away from, for the second text encoder, where it was something else. */
  public Optional<String> secondNegativePrompt() {
    return infotext.get(SECOND_NEGATIVE_PROMPT);
  }

  /** What the model was told of sizes. */
  public SizeCondition sizeCondition() {
    int left = number(CROP, crop -> Integer.valueOf(crop.split(";", -1)[0])).orElse(0);
    int top = number(CROP, crop -> Integer.valueOf(crop.split(";", -1)[1])).orElse(0);
    return new SizeCondition(pixels(ORIGINAL_SIZE), left, top, pixels(TARGET_SIZE));
  }

  private Optional<SizeCondition.Pixels> pixels(String key) {
    return number(
        key,
        size -> {
          String[] sides = size.split("x", -1);
          return new SizeCondition.Pixels(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
        });
  }

  /** Adds what the model is told beside the prompt, where that is not the usual. */
  static void put(GenerationRequest request, Map<String, String> pairs) {
    request.secondPrompt().ifPresent(text -> pairs.put(SECOND_PROMPT, text));
    request.secondNegativePrompt().ifPresent(text -> pairs.put(SECOND_NEGATIVE_PROMPT, text));
    SizeCondition sizes = request.sizeCondition();
    sizes.original().ifPresent(size -> pairs.put(ORIGINAL_SIZE, text(size)));
    if (sizes.cropLeft() > 0 || sizes.cropTop() > 0) {
      pairs.put(CROP, sizes.cropLeft() + ";" + sizes.cropTop());
    }
    sizes.target().ifPresent(size -> pairs.put(TARGET_SIZE, text(size)));
  }

  private static String text(SizeCondition.Pixels size) {
    return size.width() + "x" + size.height();
  }

  /** How much of the image to begin with is drawn anew, in (0, 1]. */
  public Optional<Double> denoising() {
    return number("Denoising strength", Double::valueOf);
  }

  /** The width, in pixels. */
  public Optional<Integer> width() {
    return number("Size", size -> Integer.valueOf(size.split("x", -1)[0]));
  }

  /** The height, in pixels. */
  public Optional<Integer> height() {
    return number("Size", size -> Integer.valueOf(size.split("x", -1)[1]));
  }

  /** The sampler, with the schedule that A1111 says apart since 1.9. */
  public Optional<String> sampler() {
    String schedule =
        infotext.get("Schedule type").filter(type -> !type.equals("Automatic")).orElse("");
    return infotext.get("Sampler").map(name -> (name + " " + schedule).strip());
  }

  /** How far guidance is rescaled, in [0, 1]. */
  public Optional<Double> guidanceRescale() {
    return number("Guidance rescale", Double::valueOf);
  }

  /** Where guidance is used. */
  public GuidanceInterval guidanceInterval() {
    double from = number("Guidance from", Double::valueOf).orElse(0.0);
    double until = number("Guidance until", Double::valueOf).orElse(1.0);
    return new GuidanceInterval(from, until);
  }

  /** Which deep features are kept between steps. */
  public Optional<FeatureCache> featureCache() {
    Optional<Integer> depth = number("Cache depth", Integer::valueOf);
    Optional<Integer> interval = number("Cache interval", Integer::valueOf);
    return depth.flatMap(at -> interval.map(every -> new FeatureCache(at, every)));
  }

  /** Whether weights in the prompt are read. */
  public boolean promptWeights() {
    return !infotext.get("Prompt weights").equals(Optional.of("off"));
  }

  /** The second seed. */
  public Optional<Variation> variation() {
    Optional<Long> seed = number("Variation seed", Long::valueOf);
    Optional<Double> strength = number("Variation seed strength", Double::valueOf);
    return seed.flatMap(one -> strength.map(share -> new Variation(one, share)));
  }

  /** What this program has to be given beside the file to draw the same. */
  public Optional<String> note() {
    return infotext
        .get("Patches")
        .map(
            patches ->
                file + " was drawn with the patches " + patches + ": put them on by --patch");
  }

  /**
   * An image that was drawn from another one needs that.
   *
   * @param given whether there is one
   */
  public void requireImage(boolean given) {
    if (!given && denoising().isPresent()) {
      throw new IllegalArgumentException(
          file
              + " was drawn from an image"
              + infotext.get("Init image").map(name -> " named " + name).orElse("")
              + ": name it by --init"
              + infotext
                  .get("Mask")
                  .map(name -> ", and its mask " + name + " by --mask")
                  .orElse(""));
    }
  }

  private <T> Optional<T> number(String key, Function<String, T> reader) {
    Optional<String> value = infotext.get(key);
    try {
      return value.map(reader);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          Message.of(
              "%s says %s: %s, which is no value for it; give it by the option",
              file, key, value.orElseThrow()),
          e);
    }
  }
}
