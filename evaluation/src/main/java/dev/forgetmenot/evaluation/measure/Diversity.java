package dev.forgetmenot.evaluation.measure;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How different the images of one set are. A patch that turns every image of the target into one
 * and the same passes all measures of forgetting and of distance; these two fall.
 */
public final class Diversity {
  private Diversity() {}

  /**
   * The mean of 1 - cosine over all pairs of images.
   *
   * @param images embeddings (n, D), n at least 2
   * @return 0..2, near the original model's value is good
   */
  public static double ofPairs(UnitRows images) {
    int n = images.size();
    if (n < 2) {
      throw new IllegalArgumentException("Diversity needs 2 images or more, not " + n);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        sum += 1 - images.cosine(i, images, j);
      }
    }
    return sum / (n * (n - 1.0) / 2);
  }

  /**
   * The entropy of the labels that a judge gave, -Σ p ln p, divided by the logarithm of the number
   * of labels that it could give.
   *
   * @param labels one an image, at least one
   * @param possible how many labels there are, at least 2
   * @return 0 if all are the same, 1 if all labels are equally frequent
   */
  public static double ofLabels(List<String> labels, int possible) {
    Map<String, Long> counts =
        labels.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    double entropy = 0;
    for (long count : counts.values()) {
      double p = (double) count / labels.size();
      entropy -= p * Math.log(p);
    }
    return entropy / Math.log(possible);
  }
}
