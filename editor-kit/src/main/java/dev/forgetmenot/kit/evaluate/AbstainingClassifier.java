package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import java.util.ArrayList;
import java.util.List;

/**
 * A classifier that says {@link EvaluationResult#NO_ANSWER} of an image between two things: where
 * the nearest thing is nearer than the second by less than it is in nearly all images of the things
 * themselves. An image between two instances of one word is as near to known things as one of
 * either is, so a distance ({@link Coherence}) does not tell them apart; this margin does. Styles
 * are always answered. Source: this project.
 *
 * @param judge who chooses and measures; stays open
 * @param threshold the least margin of an answer, a difference of cosines in [0, 2]
 */
public record AbstainingClassifier(ImageClassifier judge, double threshold)
    implements ImageClassifier {
  /** Of the right answers on images of the things themselves, one in so many may be lost. */
  private static final int LOST = 20;

  /** Whether a judge measures margins and does not abstain yet. */
  public static boolean canCalibrate(ImageClassifier judge) {
    if (judge instanceof AbstainingClassifier) {
      return false;
    }
    try {
      return judge.margins(List.of()).length == 0;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  /**
   * A classifier that abstains on at most one in 20 of the images that are recognised.
   *
   * @param judge that {@link #canCalibrate} says yes of
   * @param own images of things under their own names
   * @return the judge itself, where it recognises none of them
   */
  public static ImageClassifier calibrated(ImageClassifier judge, List<EvaluationResult.Row> own) {
    List<Double> right = new ArrayList<>();
    for (EvaluationResult.Row row : own) {
      double[] margins = judge.margins(row.images());
      for (int i = 0; i < margins.length; i++) {
        if (row.seen().get(i).equals(row.phrase())) {
          right.add(margins[i]);
        }
      }
    }
    return right.isEmpty() ? judge : new AbstainingClassifier(judge, threshold(right));
  }

  /**
   * The largest threshold that lets at most one in 20 of right answers abstain.
   *
   * @param margins of right answers, in any order
   * @return 0 where there are none
   */
  public static double threshold(List<Double> margins) {
    List<Double> sorted = margins.stream().sorted().toList();
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / LOST);
  }

  @Override
  public List<String> things() {
    return judge.things();
  }

  @Override
  public List<String> styles() {
    return judge.styles();
  }

  @Override
  public List<String> classify(List<RgbImage> images) {
    List<String> answers = new ArrayList<>(judge.classify(images));
    double[] margins = judge.margins(images);
    for (int i = 0; i < margins.length; i++) {
      if (margins[i] < threshold) {
        answers.set(i, EvaluationResult.NO_ANSWER);
      }
    }
    return answers;
  }

  @Override
  public List<String> classifyStyle(List<RgbImage> images) {
    return judge.classifyStyle(images);
  }

  @Override
  public double[] similarities(List<RgbImage> images, String thing) {
    return judge.similarities(images, thing);
  }

  @Override
  public double[] margins(List<RgbImage> images) {
    return judge.margins(images);
  }
}
