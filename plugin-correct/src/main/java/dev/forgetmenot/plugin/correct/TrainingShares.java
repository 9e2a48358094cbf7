package dev.forgetmenot.plugin.correct;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How often each instance is trained on. Guidance sharpens what a model has learned, so these are
 * not the shares that drawings show: they follow from what drawings lack. They are kept in a
 * training's notes, so that a stopped one goes on with them.
 *
 * @param wanted the shares that drawings should show, of sum 1
 * @param notes of the training
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
record TrainingShares(double[] wanted, Map<String, String> notes) {
  private static final String NOTE = "proportions";
  private static final double SOFT = 0.05; // what an instance that never shows counts as
  private static final double LEAST = 0.02;

  /** The proportions now, at first the wanted shares. */
  double[] now() {
    String text = notes.get(NOTE);
    return text == null
        ? wanted.clone()
        : Arrays.stream(text.split("\\|", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  /** More of what drawings show too rarely, less of what they show too often. */
  void follow(double[] shares) {
    double[] next = now();
    for (int i = 0; i < next.length; i++) {
      next[i] *= Math.sqrt((wanted[i] + SOFT) / (shares[i] + SOFT));
    }
    double sum = Arrays.stream(next).sum();
    for (int i = 0; i < next.length; i++) {
      next[i] = Math.max(LEAST, next[i] / sum);
    }
    notes.put(
        NOTE, Arrays.stream(next).mapToObj(Double::toString).collect(Collectors.joining("|")));
  }
}
