package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SizeCondition;
import dev.forgetmenot.host.generate.RecordedSettings;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What a model is told beside the prompt, if it has a second text encoder or takes sizes. */
final class ConditionOptions {
  private static final Pattern CROP = Pattern.compile("(\\d{1,6}),(\\d{1,6})");

  @Option(
      names = "--prompt-2",
      paramLabel = "PROMPT",
      description = "The prompt for a second text encoder, as SDXL has (default: the same).")
  private String prompt2;

  @Option(
      names = "--negative-prompt-2",
      paramLabel = "PROMPT",
      description = "What to stay away from, for a second text encoder (default: the same).")
  private String negativePrompt2;

  @Option(
      names = "--original-size",
      paramLabel = "WxH",
      description = {
        "Tell a model that takes sizes, as SDXL does, that the image was made of one of this size;",
        "small ones look blurred (default: the image's own)."
      })
  private String originalSize;

  @Option(
      names = "--crop",
      paramLabel = "X,Y",
      description =
          "Tell it how many pixels were cut off at the left and at the top (default: 0,0).")
  private String crop;

  @Option(
      names = "--target-size",
      paramLabel = "WxH",
      description = "Tell it the size that the image was cut to (default: the image's own).")
  private String targetSize;

  /** Sets what is given, or else what the image that is drawn again says. */
  void applyTo(GenerationRequest.Builder request, RecordedSettings recorded) {
    Optional.ofNullable(prompt2).or(recorded::secondPrompt).ifPresent(request::secondPrompt);
    Optional.ofNullable(negativePrompt2)
        .or(recorded::secondNegativePrompt)
        .ifPresent(request::secondNegativePrompt);
    SizeCondition before = recorded.sizeCondition();
    int[] cut = crop == null ? new int[] {before.cropLeft(), before.cropTop()} : crop(crop);
    request.sizeCondition(
        new SizeCondition(
            pixels("--original-size", originalSize).or(before::original),
            cut[0],
            cut[1],
            pixels("--target-size", targetSize).or(before::target)));
  }

  private static Optional<SizeCondition.Pixels> pixels(String option, String text) {
    return Optional.ofNullable(text).map(given -> ImageSizeOption.pixels(option, given));
  }

  private static int[] crop(String text) {
    Matcher matcher = CROP.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "--crop should be pixels from the left and from the top, like 0,128, not '" + text + "'");
    }
    return new int[] {Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))};
  }
}
