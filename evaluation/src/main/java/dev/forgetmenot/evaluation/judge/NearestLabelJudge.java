package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.evaluation.measure.UnitRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * The label whose unit embedding has the largest cosine with the image's, over the whole vocabulary
 * always: two labels to choose from would flatter both forgetting and retention.
 *
 * <p>With texts it is zero-shot classification (Radford et al. 2021): the embedding of "a photo of"
 * and the label. With prototypes it is the nearest mean of reference images, and no text is used:
 * the labels may be words that the CLIP model does not know.
 */
public final class NearestLabelJudge {
  private final List<String> labels;
  private final UnitRows rows;
  private final double threshold;

  private NearestLabelJudge(List<String> labels, UnitRows rows, double threshold) {
    this.labels = labels;
    this.rows = rows;
    this.threshold = threshold;
  }

  /**
   * A judge by texts, which never abstains yet.
   *
   * @param labels V names, at least 2
   * @param texts embeddings (V, D), one a label
   * @return the judge
   */
  public static NearestLabelJudge ofTexts(List<String> labels, UnitRows texts) {
    if (labels.size() != texts.size() || labels.size() < 2) {
      throw new IllegalArgumentException(
          "A judge needs 2 labels or more with an embedding each, not "
              + labels.size()
              + " with "
              + texts.size());
    }
    return new NearestLabelJudge(List.copyOf(labels), texts, 0);
  }

  /**
   * A judge by reference images, which never abstains yet: each label is the unit mean of its
   * images' unit embeddings.
   *
   * @param references of each label, 16 images or so, none that is scored
   * @return the judge
   */
  public static NearestLabelJudge ofPrototypes(SortedMap<String, UnitRows> references) {
    List<float[]> means = references.values().stream().map(UnitRows::mean).toList();
    return ofTexts(List.copyOf(references.keySet()), UnitRows.of(means));
  }

  /**
   * The same with abstention: the largest threshold that lets at most 5 % of the right answers on
   * images of known labels abstain.
   *
   * @param calibration images by their true label, none that is scored
   * @return a judge that abstains below the threshold
   */
  public NearestLabelJudge calibrated(Map<String, UnitRows> calibration) {
    List<Double> margins = new ArrayList<>();
    calibration.forEach(
        (label, images) ->
            answers(images).stream()
                .filter(answer -> answer.nearest().equals(label))
                .forEach(answer -> margins.add(answer.margin())));
    margins.sort(Comparator.naturalOrder());
    // An answer abstains below the threshold: as many as 5 % of the right ones may.
    double largest = margins.isEmpty() ? 0 : margins.get(margins.size() / 20);
    return new NearestLabelJudge(labels, rows, largest);
  }

  /**
   * The margin below which this judge abstains.
   *
   * @return τ, 0 if it never does
   */
  public double threshold() {
    return threshold;
  }

  /**
   * What it says of images.
   *
   * @param images embeddings (n, D)
   * @return n answers
   */
  public List<Answer> answers(UnitRows images) {
    return IntStream.range(0, images.size()).mapToObj(i -> answer(images, i)).toList();
  }

  private Answer answer(UnitRows images, int i) {
    int best = 0;
    double first = Double.NEGATIVE_INFINITY;
    double second = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < labels.size(); j++) {
      double cosine = images.cosine(i, rows, j);
      if (cosine > first) {
        second = first;
        first = cosine;
        best = j;
      } else {
        second = Math.max(second, cosine);
      }
    }
    return new Answer(labels.get(best), first - second, first - second < threshold);
  }
}
