package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.evaluation.measure.UnitRows;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.kit.evaluate.AbstainingClassifier;
import dev.forgetmenot.kit.evaluate.Count;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Says which thing an image shows, or which style for images of styles, and abstains where the
 * nearest label is hardly nearer than the second.
 */
public final class Judge {
  /** A judge that is right on a smaller share of a label's images says nothing about it. */
  private static final double LEAST_RIGHT = 0.75;

  /** There is nothing to choose from. */
  private static final List<JudgedImage> NO_ANSWER = List.of(new JudgedImage("", 0, true));

  private final String id;
  private final String label;
  private final ImageEmbedder embedder;
  private final Map<Boolean, NearestLabel> byStyle;
  private final double threshold;
  private final Map<String, Count> accuracy;

  private Judge(
      String id,
      String label,
      ImageEmbedder embedder,
      Map<Boolean, NearestLabel> byStyle,
      double threshold,
      Map<String, Count> accuracy) {
    this.id = id;
    this.label = label;
    this.embedder = embedder;
    this.byStyle = byStyle;
    this.threshold = threshold;
    this.accuracy = accuracy;
  }

  /**
   * A judge whose threshold is set by images: the largest that lets at most 5 % of the right
   * answers abstain.
   *
   * @param embedder of the images that it judges; stays open
   * @param byStyle what it chooses from: {@code false} things, {@code true} styles
   * @param heldOut embeddings of images by what they show, none that is scored or made a prototype
   */
  static Judge calibrated(
      String id,
      String label,
      ImageEmbedder embedder,
      Map<Boolean, NearestLabel> byStyle,
      Map<CalibrationSet, UnitRows> heldOut) {
    Judge unset = new Judge(id, label, embedder, byStyle, 0, Map.of());
    List<Double> margins = new ArrayList<>();
    unset.onEach(
        heldOut,
        (set, said) ->
            said.stream().filter(set::isShown).map(JudgedImage::margin).forEach(margins::add));
    double threshold = AbstainingClassifier.threshold(margins);
    Map<String, Count> accuracy = new TreeMap<>();
    Judge judge = new Judge(id, label, embedder, byStyle, threshold, accuracy);
    judge.onEach(
        heldOut,
        (set, said) ->
            accuracy.put(
                set.label(),
                new Count((int) said.stream().filter(set::isShown).count(), said.size())));
    return judge;
  }

  private void onEach(
      Map<CalibrationSet, UnitRows> heldOut, BiConsumer<CalibrationSet, List<JudgedImage>> seen) {
    heldOut.forEach(
        (set, images) -> {
          if (judges(set.style())) {
            seen.accept(set, answers(images, set.style()));
          }
        });
  }

  /**
   * Its letter: {@code A} compares with texts, {@code B} with reference images, {@code C} with
   * texts by a CLIP of its own.
   */
  public String id() {
    return id;
  }

  /** What it is, for people. */
  public String label() {
    return label;
  }

  /** What embeds the images that it judges. */
  public ImageEmbedder embedder() {
    return embedder;
  }

  /** The margin below which it abstains, a difference of cosines; 0 if it never does. */
  public double threshold() {
    return threshold;
  }

  /** The labels that it chooses from: things, then styles. */
  public List<String> labels() {
    List<String> labels = new ArrayList<>(labels(false));
    labels.addAll(labels(true));
    return labels;
  }

  /** The labels that it chooses from among things, or among styles; may be empty. */
  public List<String> labels(boolean style) {
    return judges(style) ? byStyle.get(style).labels() : List.of();
  }

  /** The digest of {@link #labels}, 64 hexadecimal digits. */
  public String vocabularySha256() {
    return Sha256.hex(String.join("\n", labels()).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Its right answers on held-out calibration images of some labels; an abstention is not right.
   *
   * @param of labels; one without such images counts nothing
   */
  public Count accuracy(Collection<String> of) {
    return of.stream()
        .distinct()
        .map(accuracy::get)
        .filter(Objects::nonNull)
        .reduce(new Count(0, 0), Count::plus);
  }

  /** The same of all labels. */
  public Count accuracy() {
    return accuracy(accuracy.keySet());
  }

  /** Whether it can answer a label at all. */
  public boolean knows(String label) {
    return byStyle.values().stream().anyMatch(some -> some.labels().contains(label));
  }

  /** Whether it is right on less than 75 % of the held-out images of a label that has some. */
  public boolean isWeak(String label) {
    Count right = accuracy(List.of(label));
    return right.n() > 0 && right.rate() < LEAST_RIGHT;
  }

  /**
   * A judge that may answer one more label, with this judge's threshold. Only one that compares
   * with images can; others are returned as they are.
   *
   * @param style whether the label is one of styles
   * @param references embeddings of images of it, at least one
   */
  public Judge with(String more, boolean style, UnitRows references) {
    if (!judges(style) || byStyle.get(style).ofTexts()) {
      return this;
    }
    Map<Boolean, NearestLabel> labels = new TreeMap<>(byStyle);
    labels.put(style, byStyle.get(style).with(more, references));
    return new Judge(id, label, embedder, labels, threshold, accuracy);
  }

  /**
   * What images show.
   *
   * @param embeddings (n, D)
   * @param kinds of each image: styles are judged among styles, all else among things
   * @return n answers; where it knows fewer than two labels of a kind, it abstains
   */
  public List<JudgedImage> answers(float[][] embeddings, List<ConceptType> kinds) {
    List<JudgedImage> answers = new ArrayList<>();
    for (int i = 0; i < embeddings.length; i++) {
      boolean style = kinds.get(i) == ConceptType.STYLE;
      answers.addAll(
          judges(style) ? answers(UnitRows.of(List.of(embeddings[i])), style) : NO_ANSWER);
    }
    return answers;
  }

  /** Whether there are labels of a kind to choose from. */
  boolean judges(boolean style) {
    return byStyle.containsKey(style);
  }

  List<JudgedImage> answers(UnitRows images, boolean style) {
    return byStyle.get(style).answers(images, threshold);
  }
}
