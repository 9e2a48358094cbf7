package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.sampling.SizeCondition;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The size of images: {@code --size WxH}, or each side by itself. */
final class ImageSizeOption {
  private static final Pattern FORM = Pattern.compile("(\\d{1,6})[xX×](\\d{1,6})");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--width", paramLabel = "PIXELS", description = "Width (default: the model's).")
  private Integer width;

  @Option(names = "--height", paramLabel = "PIXELS", description = "Height (default: the model's).")
  private Integer height;

  @Option(names = "--size", paramLabel = "WxH", description = "Both, such as 512x768.")
  private String size;

  /**
   * A size as people write it.
   *
   * @param option for messages
   * @throws IllegalArgumentException if it is not one
   */
  static SizeCondition.Pixels pixels(String option, String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(option + " should be like 512x768, not '" + text + "'");
    }
    return new SizeCondition.Pixels(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  Optional<Integer> width() {
    return side(1, width);
  }

  Optional<Integer> height() {
    return side(2, height);
  }

  private Optional<Integer> side(int group, Integer alone) {
    if (size == null) {
      return Optional.ofNullable(alone);
    }
    if (alone != null) {
      throw new ParameterException(
          command.commandLine(), "--size says width and height: leave out --width and --height");
    }
    Matcher matcher = FORM.matcher(size);
    if (!matcher.matches()) {
      throw new ParameterException(
          command.commandLine(), "--size should be like 512x768, not '" + size + "'");
    }
    return Optional.of(Integer.parseInt(matcher.group(group)));
  }
}
