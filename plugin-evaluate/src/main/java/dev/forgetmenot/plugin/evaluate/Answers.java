package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Interval;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What one judge says of the images of a set, drawn by one of the two models.
 *
 * @param set n images
 * @param images n answers
 */
record Answers(ImageSet set, List<JudgedImage> images) {
  static Answers of(EvaluationAccess access, String judge, ImageSet set, ModelState state)
      throws IOException {
    return new Answers(set, access.answers(judge, set, state));
  }

  /** How many are called one of some labels. */
  Count called(List<String> labels) {
    return new Count(
        (int) images.stream().filter(answer -> answer.is(labels)).count(), images.size());
  }

  /** How many are called what they were asked to be. */
  Count right() {
    return new Count((int) IntStream.range(0, images.size()).filter(this::right).count(), size());
  }

  /** Whether an image is called what it was asked to be. */
  boolean right(int image) {
    return images.get(image).is(List.of(set.shots().get(image).label()));
  }

  /** {@link #right} of each label that was asked for, in order. */
  Map<String, Count> rightByLabel() {
    Map<String, Count> counts = new LinkedHashMap<>();
    for (int i = 0; i < size(); i++) {
      Count one = new Count(right(i) ? 1 : 0, 1);
      counts.merge(set.shots().get(i).label(), one, Count::plus);
    }
    return counts;
  }

  /** Those images of which the judge chooses among styles, or those of which it does not. */
  Answers ofStyle(boolean style) {
    return of(shot -> (shot.kind() == ConceptType.STYLE) == style);
  }

  /** Those images whose label is one of some. */
  Answers labelled(Set<String> labels) {
    return of(shot -> labels.contains(shot.label()));
  }

  private Answers of(Predicate<ImageSet.Shot> wanted) {
    List<Integer> chosen =
        IntStream.range(0, size()).filter(i -> wanted.test(set.shots().get(i))).boxed().toList();
    return new Answers(
        new ImageSet(set.id(), set.title(), chosen.stream().map(set.shots()::get).toList(), false),
        chosen.stream().map(images::get).toList());
  }

  int size() {
    return images.size();
  }

  /** A count with its Wilson interval. */
  static Reading reading(Count count) {
    return reading(count, Optional.of(count.wilson()));
  }

  /** A count with another interval, or none. */
  static Reading reading(Count count, Optional<Interval> interval) {
    Reading mean = reading(count.rate(), count.n(), interval);
    return new Reading(mean.value(), count.k(), count.n(), mean.low(), mean.high());
  }

  /** A number over n images without an interval. */
  static Reading reading(double value, int n) {
    return reading(value, n, Optional.empty());
  }

  /** A number over n images with an interval, or none. */
  static Reading reading(double value, int n, Optional<Interval> interval) {
    return new Reading(
        value,
        0,
        n,
        interval.map(Interval::low).orElse(Double.NaN),
        interval.map(Interval::high).orElse(Double.NaN));
  }
}
