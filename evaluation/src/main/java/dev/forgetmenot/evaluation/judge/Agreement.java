package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.evaluation.JudgedImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How far two judges agree on the same images. An abstention is an answer of its own.
 *
 * @param disagreeing the places of the images that they name differently
 * @param images of how many
 * @param kappa Cohen's κ: (observed - expected) / (1 - expected) agreement; 1 if they always agree,
 *     0 if no more than by chance
 */
public record Agreement(List<Integer> disagreeing, int images, double kappa) {
  /**
   * The agreement of two lists of answers.
   *
   * @param a of one judge
   * @param b of the other, on the same images
   * @return their agreement
   */
  public static Agreement of(List<JudgedImage> a, List<JudgedImage> b) {
    int n = a.size();
    if (n != b.size() || n == 0) {
      throw new IllegalArgumentException(
          "Two judges answered on " + n + " and " + b.size() + " images; the same are needed");
    }
    List<Integer> apart =
        IntStream.range(0, n)
            .filter(i -> !answer(a.get(i)).equals(answer(b.get(i))))
            .boxed()
            .toList();
    Map<String, Integer> ofA = counts(a);
    Map<String, Integer> ofB = counts(b);
    double expected = 0;
    for (Map.Entry<String, Integer> entry : ofA.entrySet()) {
      expected += (double) entry.getValue() / n * ofB.getOrDefault(entry.getKey(), 0) / n;
    }
    double observed = 1 - (double) apart.size() / n;
    return new Agreement(apart, n, expected == 1 ? 1 : (observed - expected) / (1 - expected));
  }

  private static Map<String, Integer> counts(List<JudgedImage> answers) {
    Map<String, Integer> counts = new HashMap<>();
    answers.forEach(image -> counts.merge(answer(image), 1, Integer::sum));
    return counts;
  }

  /** No label is empty. */
  private static String answer(JudgedImage image) {
    return image.abstained() ? "" : image.label();
  }
}
