package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;

/** Sees in images what a rule says: for tests in which images only need to be counted. */
final class RuledJudge implements ImageClassifier {
  private final List<String> things;
  private final IntFunction<List<String>> rule;
  private ToDoubleFunction<String> similarity = thing -> 0;
  private IntToDoubleFunction margins;

  /**
   * A judge.
   *
   * @param rule what it sees in so many images, in the order of its calls
   */
  RuledJudge(List<String> things, IntFunction<List<String>> rule) {
    this.things = List.copyOf(things);
    this.rule = rule;
  }

  /** Is so sure of each image: a rule on how many there are. */
  RuledJudge sure(IntToDoubleFunction margin) {
    margins = margin;
    return this;
  }

  RuledJudge measuring(ToDoubleFunction<String> measure) {
    similarity = measure;
    return this;
  }

  /** So many times each of some phrases. */
  static List<String> seen(Map<String, Integer> counts) {
    List<String> seen = new ArrayList<>();
    counts.forEach((phrase, count) -> seen.addAll(Collections.nCopies(count, phrase)));
    return seen;
  }

  @Override
  public List<String> things() {
    return things;
  }

  @Override
  public List<String> styles() {
    return List.of();
  }

  @Override
  public List<String> classify(List<RgbImage> images) {
    List<String> seen = rule.apply(images.size());
    if (seen.size() != images.size()) {
      throw new AssertionError("the rule sees " + seen + " in " + images.size() + " images");
    }
    return seen;
  }

  @Override
  public List<String> classifyStyle(List<RgbImage> images) {
    throw new IllegalStateException("no styles");
  }

  @Override
  public double[] similarities(List<RgbImage> images, String thing) {
    double[] values = new double[images.size()];
    Arrays.fill(values, similarity.applyAsDouble(thing));
    return values;
  }

  @Override
  public double[] margins(List<RgbImage> images) {
    if (margins == null) {
      return ImageClassifier.super.margins(images);
    }
    double[] values = new double[images.size()];
    Arrays.fill(values, margins.applyAsDouble(images.size()));
    return values;
  }
}
