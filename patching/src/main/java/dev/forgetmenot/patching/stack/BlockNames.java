package dev.forgetmenot.patching.stack;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a model that reports name. */
public final class BlockNames {
  private static final Pattern NUMBERED =
      Pattern.compile("(.*?(?:down_blocks|up_blocks|layers|encoder\\.layers)\\.\\d+)\\..*");

  private BlockNames() {}

  /**
   * The block of a weight, such as {@code unet/down_blocks.1}, {@code unet/mid_block} or {@code
   * text_encoder/layers.3}.
   *
   * @param target full name
   */
  public static String of(String target) {
    String name = target.replace("text_model.encoder.", "").replace("text_model.", "");
    Matcher matcher = NUMBERED.matcher(name);
    if (matcher.matches()) {
      return matcher.group(1);
    }
    int slash = name.indexOf('/');
    int dot = name.indexOf('.', slash);
    return dot < 0 ? name : name.substring(0, dot);
  }
}
