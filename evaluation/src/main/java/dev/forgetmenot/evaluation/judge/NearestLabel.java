package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.evaluation.measure.UnitRows;
import java.util.ArrayList;
import java.util.List;
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
final class NearestLabel {
  /** Fewer labels leave no choice. */
  static final int FEWEST = 2;

  private final List<String> labels;
  private final UnitRows rows;
  private final boolean ofTexts;

  private NearestLabel(List<String> labels, UnitRows rows, boolean ofTexts) {
    if (labels.size() != rows.size() || labels.size() < FEWEST) {
      throw new IllegalArgumentException(
          "A judge needs 2 labels or more with an embedding each, not "
              + labels.size()
              + " with "
              + rows.size());
    }
    this.labels = List.copyOf(labels);
    this.rows = rows;
    this.ofTexts = ofTexts;
  }

  /**
   * By the texts of labels.
   *
   * @param labels V names, at least 2
   * @param texts embeddings (V, D), one a label
   */
  static NearestLabel ofTexts(List<String> labels, UnitRows texts) {
    return new NearestLabel(labels, texts, true);
  }

  /**
   * By reference images: each label is the unit mean of its images' unit embeddings.
   *
   * @param references of each label, none that is scored
   */
  static NearestLabel ofPrototypes(SortedMap<String, UnitRows> references) {
    List<float[]> means = references.values().stream().map(UnitRows::mean).toList();
    return new NearestLabel(List.copyOf(references.keySet()), UnitRows.of(means), false);
  }

  /** The same with one more label, whose prototype is the mean of some references. */
  NearestLabel with(String label, UnitRows references) {
    List<String> more = new ArrayList<>(labels);
    more.add(label);
    return new NearestLabel(more, rows.with(references.mean()), ofTexts);
  }

  /** Whether labels are told from images by their texts. */
  boolean ofTexts() {
    return ofTexts;
  }

  /** The labels. */
  List<String> labels() {
    return labels;
  }

  /**
   * What images show.
   *
   * @param images embeddings (n, D)
   * @param threshold the margin below which there is no answer
   * @return n answers
   */
  List<JudgedImage> answers(UnitRows images, double threshold) {
    return IntStream.range(0, images.size()).mapToObj(i -> answer(images, i, threshold)).toList();
  }

  private JudgedImage answer(UnitRows images, int i, double threshold) {
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
    double margin = first - second;
    return new JudgedImage(labels.get(best), margin, margin < threshold);
  }
}
