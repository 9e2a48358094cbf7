package dev.forgetmenot.api.evaluation;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One number of a report, of the original and of the patched model. Made by {@link #builder}: its
 * constructor changes with every new component.
 *
 * @param measure short name as published, such as {@code UA}
 * @param concept the name of the target that it is about; empty for the whole model
 * @param part which images: a rung or a group of neighbours; empty where there is one part alone
 * @param judge the judge that counted; empty where none did
 * @param good which values are good
 * @param unit how values are printed
 * @param original of the model without the patches
 * @param patched of the model with them
 * @param p of a paired test of both models, if there was one
 * @param question whether the concept came, if that is what it asks
 * @param attack of a measurement of an attack: its cost, its luck, its best image
 * @param shares what the patched value is made of, label by share; may be empty
 * @param explanation what it is, of which images, and what it cannot say; shown as a tooltip
 * @param source where the formula is published, or that it is this project's own
 * @param sets ids of the image sets behind it
 */
public record Measurement(
    String measure,
    String concept,
    String part,
    String judge,
    Good good,
    Unit unit,
    Optional<Reading> original,
    Optional<Reading> patched,
    Optional<Double> p,
    Optional<Question> question,
    Optional<AttackFacts> attack,
    Map<String, Double> shares,
    String explanation,
    String source,
    List<String> sets) {

  /** Copies lists and map; the map keeps its order. */
  public Measurement {
    shares = Collections.unmodifiableMap(new LinkedHashMap<>(shares));
    sets = List.copyOf(sets);
  }

  /** Which values are good. */
  public enum Good {
    /** Larger ones. */
    HIGH,
    /** Smaller ones. */
    LOW,
    /** The original's value. */
    UNCHANGED,
    /** None: it describes. */
    NONE
  }

  /** How values are printed. */
  public enum Unit {
    /** In percent, of a share. */
    PERCENT,
    /** As a number. */
    NUMBER
  }

  /**
   * "Does the concept come?": the patched model's count against what other things' images would
   * bring. Reports adjust p over all questions (Holm) and say one of four verdicts.
   *
   * @param found the patched model's images in which the judge finds the concept
   * @param ceiling the original's of the same prompts and seeds
   * @param floor images that cannot be of the concept, by how many of them were called it
   * @param accuracy the judge's right answers on the original's images of the concept
   * @param p one-sided, by Fisher's exact test of {@code found} against the floor
   */
  public record Question(
      Reading found, Reading ceiling, Reading floor, Reading accuracy, double p) {}

  /** A builder of a measurement. */
  public static Builder builder(String measure, String concept) {
    return new Builder(measure, concept);
  }

  /** Collects the values. For one thread. */
  public static final class Builder {
    private final String measure;
    private final String concept;
    private String part = "";
    private String judge = "";
    private Good good = Good.NONE;
    private Unit unit = Unit.NUMBER;
    private Optional<Reading> original = Optional.empty();
    private Optional<Reading> patched = Optional.empty();
    private Optional<Double> p = Optional.empty();
    private Optional<Question> question = Optional.empty();
    private Optional<AttackFacts> attack = Optional.empty();
    private Map<String, Double> shares = Map.of();
    private String explanation = "";
    private String source = "";
    private List<String> sets = List.of();

    private Builder(String measure, String concept) {
      this.measure = measure;
      this.concept = concept;
    }

    /** Which images. */
    public Builder part(String value) {
      part = value;
      return this;
    }

    /** The judge that counted. */
    public Builder judge(String value) {
      judge = value;
      return this;
    }

    /** Which values are good, and how they are printed. */
    public Builder in(Unit printed, Good direction) {
      unit = printed;
      good = direction;
      return this;
    }

    /** The original's value. */
    public Builder original(Reading value) {
      original = Optional.of(value);
      return this;
    }

    /** The patched model's value. */
    public Builder patched(Reading value) {
      patched = Optional.of(value);
      return this;
    }

    /** The p-value of a paired test. */
    public Builder p(double value) {
      p = Optional.of(value);
      return this;
    }

    /** It asks whether the concept came. */
    public Builder question(Question value) {
      question = Optional.of(value);
      return this;
    }

    /** It is of an attack. */
    public Builder attack(AttackFacts value) {
      attack = Optional.of(value);
      return this;
    }

    /** What the patched value is made of, in order. */
    public Builder shares(Map<String, Double> value) {
      shares = value;
      return this;
    }

    /** What it is, and where that is published. */
    public Builder explained(String what, String published) {
      explanation = what;
      source = published;
      return this;
    }

    /** The image sets behind it. */
    public Builder of(ImageSet... images) {
      sets = Arrays.stream(images).map(ImageSet::id).toList();
      return this;
    }

    /** The measurement. */
    public Measurement build() {
      return new Measurement(
          measure,
          concept,
          part,
          judge,
          good,
          unit,
          original,
          patched,
          p,
          question,
          attack,
          shares,
          explanation,
          source,
          sets);
    }
  }
}
