package dev.forgetmenot.patch.edit;

/** The two parts of a full name, such as {@code unet/conv_in.weight}. */
public final class TensorName {
  private TensorName() {}

  /** What is before the slash. */
  public static String component(String target) {
    return target.substring(0, target.indexOf('/'));
  }

  /** The canonical parameter name behind it. */
  public static String name(String target) {
    return target.substring(target.indexOf('/') + 1);
  }
}
