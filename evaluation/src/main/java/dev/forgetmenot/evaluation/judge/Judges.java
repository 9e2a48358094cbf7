package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.evaluation.measure.UnitRows;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Two judges over one image tower. B compares images with images that the original model drew; A
 * compares them with texts, where the embedder reads texts. Both choose from a whole vocabulary,
 * are set by the same images, and are never loaded through the patched model. B scores; A chooses
 * where something has to be chosen.
 */
public final class Judges {
  private final List<Judge> judges; // B before A
  private final Optional<Agreement> agreement;

  private Judges(List<Judge> judges, Optional<Agreement> agreement) {
    this.judges = judges;
    this.agreement = agreement;
  }

  /**
   * Sets the judges.
   *
   * @param embedder what embeds images, and texts if there is to be a judge A
   * @param vocabulary what A chooses from; B chooses from the labels that have images
   * @param calibration images of the original; of a kind with one label B judges nothing
   * @param cache of embeddings
   * @param source of images that are not in the cache
   * @return the judges, at least one
   * @throws IOException if images cannot be had, or embeddings not be written
   * @throws IllegalArgumentException if nothing can be judged; the message says why
   */
  public static Judges of(
      ImageEmbedder embedder,
      KnownConcepts vocabulary,
      List<CalibrationSet> calibration,
      EmbeddingCache cache,
      EmbeddingCache.ImageSource source)
      throws IOException {
    Map<CalibrationSet, UnitRows> heldOut = new LinkedHashMap<>();
    Map<Boolean, SortedMap<String, UnitRows>> references = new TreeMap<>();
    for (CalibrationSet set : calibration) {
      UnitRows all = UnitRows.of(cache.of(embedder, set.keys(), source));
      heldOut.put(set, all.rows(set.heldOut()));
      references
          .computeIfAbsent(set.style(), style -> new TreeMap<>())
          .put(set.label(), all.rows(set.prototype()));
    }
    List<Judge> judges = new ArrayList<>();
    Map<Boolean, NearestLabel> prototypes = new TreeMap<>();
    references.forEach(
        (style, some) -> {
          if (some.size() >= NearestLabel.FEWEST) {
            prototypes.put(style, NearestLabel.ofPrototypes(some));
          }
        });
    if (!prototypes.isEmpty()) {
      judges.add(Judge.calibrated("B", embedder.label() + ", prototypes", prototypes, heldOut));
    }
    Map<Boolean, NearestLabel> texts = texts(embedder, vocabulary);
    if (!texts.isEmpty()) {
      judges.add(Judge.calibrated("A", embedder.label() + ", texts", texts, heldOut));
    }
    if (judges.isEmpty()) {
      throw new IllegalArgumentException(
          embedder.label()
              + (embedder.readsTexts() ? "" : " reads no texts, and")
              + " has fewer than two labels to choose from: give a vocabulary of two phrases or more,"
              + " each with calibration images");
    }
    return new Judges(List.copyOf(judges), agreement(judges, heldOut));
  }

  private static Map<Boolean, NearestLabel> texts(ImageEmbedder embedder, KnownConcepts known) {
    Map<Boolean, NearestLabel> texts = new TreeMap<>();
    for (boolean style : new boolean[] {false, true}) {
      PromptTemplate template = style ? PromptTemplate.ofStyles() : PromptTemplate.ofThings();
      List<String> labels = known.ofStyle(style).stream().map(Phrase::phrase).distinct().toList();
      if (embedder.readsTexts() && labels.size() >= NearestLabel.FEWEST) {
        float[][] rows = embedder.texts(labels.stream().map(template::with).toList());
        texts.put(style, NearestLabel.ofTexts(labels, UnitRows.of(rows)));
      }
    }
    return texts;
  }

  /** How far both agree on held-out images that both can judge. */
  private static Optional<Agreement> agreement(
      List<Judge> judges, Map<CalibrationSet, UnitRows> heldOut) {
    List<JudgedImage> first = new ArrayList<>();
    List<JudgedImage> second = new ArrayList<>();
    heldOut.forEach(
        (set, images) -> {
          if (judges.stream().allMatch(judge -> judge.judges(set.style()))) {
            first.addAll(judges.get(0).answers(images, set.style()));
            second.addAll(judges.get(judges.size() - 1).answers(images, set.style()));
          }
        });
    return judges.size() < 2 || first.isEmpty()
        ? Optional.empty()
        : Optional.of(Agreement.of(first, second));
  }

  /** All judges, those that score best first. */
  public List<Judge> all() {
    return judges;
  }

  /** Their letters, in the same order. */
  public List<String> ids() {
    return judges.stream().map(Judge::id).toList();
  }

  /**
   * A judge.
   *
   * @throws IllegalArgumentException if there is none of this letter
   */
  public Judge get(String id) {
    return judges.stream()
        .filter(judge -> judge.id().equals(id))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("there is no judge " + id + ", only " + ids()));
  }

  /** What a judge says; see {@link Judge#answers}. */
  public List<JudgedImage> answers(String id, float[][] embeddings, List<ConceptType> kinds) {
    return get(id).answers(embeddings, kinds);
  }

  /** How far B and A agree on held-out calibration images; empty where there is one judge. */
  public Optional<Agreement> agreement() {
    return agreement;
  }
}
