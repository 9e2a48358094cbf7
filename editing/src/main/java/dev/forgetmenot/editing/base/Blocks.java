package dev.forgetmenot.editing.base;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a model's components, as people speak of them. */
public final class Blocks {
  private static final Pattern NUMBERED =
      Pattern.compile("(?:text_model\\.)?((?:encoder\\.|decoder\\.)?[a-z_]+\\.\\d+)\\..*");
  private static final Pattern MIDDLE =
      Pattern.compile("((?:encoder\\.|decoder\\.)?mid_block)\\..*");
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  /** By name, with numbers as numbers. */
  public static final Comparator<String> ORDER = Comparator.comparing(Blocks::padded);

  private Blocks() {}

  /**
   * The block of a tensor, such as {@code unet/down_blocks.1}, {@code unet/mid_block}, {@code
   * text_encoder/encoder.layers.3}, {@code vae/decoder.up_blocks.0} or {@code unet/conv_in}.
   *
   * @param component {@code unet}, {@code vae} or {@code text_encoder}
   * @param name canonical name without the component
   */
  public static String of(String component, String name) {
    Matcher middle = MIDDLE.matcher(name);
    if (middle.matches()) {
      return component + "/" + middle.group(1);
    }
    String layers = name.replaceFirst("^text_model\\.encoder\\.layers\\.", "layers.");
    Matcher numbered = NUMBERED.matcher(layers);
    if (numbered.matches()) {
      return component + "/" + numbered.group(1);
    }
    String rest = name.replaceFirst("^text_model\\.", "");
    int last = rest.lastIndexOf('.');
    return component + "/" + (last < 0 ? rest : rest.substring(0, last));
  }

  private static String padded(String block) {
    return DIGITS
        .matcher(block)
        .replaceAll(m -> "0".repeat(8 - Math.min(8, m.group().length())) + m.group());
  }
}
