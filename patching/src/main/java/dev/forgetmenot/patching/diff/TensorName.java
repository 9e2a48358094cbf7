package dev.forgetmenot.patching.diff;

/** The two parts of a full name. */
final class TensorName {
  private TensorName() {}

  static String component(String target) {
    return target.substring(0, target.indexOf('/'));
  }

  static String name(String target) {
    return target.substring(target.indexOf('/') + 1);
  }
}
