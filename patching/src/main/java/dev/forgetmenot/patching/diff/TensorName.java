package dev.forgetmenot.patching.diff;

import java.util.Arrays;

/** The two parts of a full name. */
final class TensorName {
  private TensorName() {}

  static String component(String target) {
    return target.substring(0, target.indexOf('/'));
  }

  static String name(String target) {
    return target.substring(target.indexOf('/') + 1);
  }

  /** What a report sums up: component and block, such as {@code unet/down_blocks.0}. */
  static String block(String target) {
    String[] parts = name(target).split("\\.", -1);
    int length = parts[0].endsWith("blocks") ? 2 : 1;
    if (parts[0].equals("text_model") || parts[0].equals("encoder") || parts[0].equals("decoder")) {
      length = Math.min(parts.length - 1, parts[1].equals("encoder") ? 4 : 2);
    }
    return component(target)
        + "/"
        + String.join(".", Arrays.copyOf(parts, Math.min(length, parts.length)));
  }
}
