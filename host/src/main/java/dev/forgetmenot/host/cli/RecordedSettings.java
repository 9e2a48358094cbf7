package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.api.sampling.GuidanceInterval;
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
record RecordedSettings(String file, Infotext infotext) {
  /** Nothing: every setting is the usual. */
  static final RecordedSettings NONE = new RecordedSettings("", new Infotext("", "", Map.of()));

  /**
   * Reads a PNG file.
   *
   * @throws IOException if it is none, or does not say how it was drawn
   */
  static RecordedSettings read(Path image) throws IOException {
    String text =
        ImageFile.text(image, PngFile.KEYWORD)
            .orElseThrow(
                () ->
                    new IOException(
                        image
                            + " does not say how it was drawn: expected a PNG file with a text"
                            + " chunk 'parameters', as this program and A1111 write it"));
    return new RecordedSettings(image.toString(), Infotext.parse(text));
  }

  String prompt() {
    return infotext.prompt();
  }

  String negativePrompt() {
    return infotext.negativePrompt();
  }

  Optional<Long> seed() {
    return number("Seed", Long::valueOf);
  }

  Optional<Integer> steps() {
    return number("Steps", Integer::valueOf);
  }

  Optional<Double> guidance() {
    return number("CFG scale", Double::valueOf);
  }

  Optional<Integer> clipSkip() {
    return number("Clip skip", Integer::valueOf);
  }

  Optional<Double> denoising() {
    return number("Denoising strength", Double::valueOf);
  }

  Optional<Integer> width() {
    return number("Size", size -> Integer.valueOf(size.split("x", -1)[0]));
  }

  Optional<Integer> height() {
    return number("Size", size -> Integer.valueOf(size.split("x", -1)[1]));
  }

  /** The sampler, with the schedule that A1111 says apart since 1.9. */
  Optional<String> sampler() {
    String schedule =
        infotext.get("Schedule type").filter(type -> !type.equals("Automatic")).orElse("");
    return infotext.get("Sampler").map(name -> (name + " " + schedule).strip());
  }

  Optional<Double> guidanceRescale() {
    return number("Guidance rescale", Double::valueOf);
  }

  GuidanceInterval guidanceInterval() {
    double from = number("Guidance from", Double::valueOf).orElse(0.0);
    double until = number("Guidance until", Double::valueOf).orElse(1.0);
    return new GuidanceInterval(from, until);
  }

  Optional<FeatureCache> featureCache() {
    Optional<Integer> depth = number("Cache depth", Integer::valueOf);
    Optional<Integer> interval = number("Cache interval", Integer::valueOf);
    return depth.flatMap(at -> interval.map(every -> new FeatureCache(at, every)));
  }

  boolean promptWeights() {
    return !infotext.get("Prompt weights").equals(Optional.of("off"));
  }

  Optional<Variation> variation() {
    Optional<Long> seed = number("Variation seed", Long::valueOf);
    Optional<Double> strength = number("Variation seed strength", Double::valueOf);
    return seed.flatMap(one -> strength.map(share -> new Variation(one, share)));
  }

  /** What this program has to be given beside the file to draw the same. */
  Optional<String> note() {
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
  void requireImage(boolean given) {
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
