package dev.forgetmenot.evaluation.judge;

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
 * The judges of an evaluation. B compares images with images that the original model drew; A
 * compares them with texts, where the embedder reads texts; both share one image tower. C compares
 * them with texts by a CLIP of its own, where one is given. All are set by the same images, and
 * none is loaded through the patched model. The first scores; A chooses where something has to be
 * chosen.
 */
public final class Judges {
  private final List<Judge> judges; // B before A before C
  private final Optional<Agreement> agreement;

  /**
   * By what images are judged.
   *
   * @param embedder of A and B
   * @param prototypes whether there is to be a judge B
   * @param extra of C, with a text tower
   */
  public record Towers(ImageEmbedder embedder, boolean prototypes, Optional<ImageEmbedder> extra) {
    /** One image tower, and each judge that it allows. */
    public static Towers of(ImageEmbedder embedder) {
      return new Towers(embedder, true, Optional.empty());
    }
  }

  private Judges(List<Judge> judges, Optional<Agreement> agreement) {
    this.judges = judges;
    this.agreement = agreement;
  }

  /**
   * Sets the judges.
   *
   * @param towers what embeds images; all stay open
   * @param vocabulary what A and C choose from; B chooses from the labels that have images
   * @param calibration images of the original; of a kind with one label B judges nothing
   * @param cache of embeddings
   * @param source of images that are not in the cache
   * @return the judges, at least one
   * @throws IOException if images cannot be had, or embeddings not be written
   * @throws IllegalArgumentException if nothing can be judged; the message says why
   */
  public static Judges of(
      Towers towers,
      KnownConcepts vocabulary,
      List<CalibrationSet> calibration,
      EmbeddingCache cache,
      EmbeddingCache.ImageSource source)
      throws IOException {
    ImageEmbedder embedder = towers.embedder();
    Map<CalibrationSet, UnitRows> rows = rows(embedder, calibration, cache, source);
    Map<CalibrationSet, UnitRows> heldOut = heldOut(rows);
    List<Judge> judges = new ArrayList<>();
    Map<Boolean, NearestLabel> prototypes = towers.prototypes() ? prototypes(rows) : Map.of();
    if (!prototypes.isEmpty()) {
      String label = embedder.label() + ", prototypes";
      judges.add(Judge.calibrated("B", label, embedder, prototypes, heldOut));
    }
    texts("A", embedder, vocabulary, heldOut).ifPresent(judges::add);
    Optional<Agreement> agreement = agreement(judges, heldOut);
    if (towers.extra().isPresent()) {
      ImageEmbedder extra = towers.extra().get();
      var ofExtra = heldOut(rows(extra, calibration, cache, source));
      texts("C", extra, vocabulary, ofExtra).ifPresent(judges::add);
    }
    if (judges.isEmpty()) {
      throw new IllegalArgumentException(
          embedder.label()
              + (embedder.readsTexts() ? "" : " reads no texts, and")
              + (towers.prototypes()
                  ? " has fewer than two labels to choose from: give a vocabulary of two phrases or"
                      + " more, each with calibration images"
                  : " is to be no judge of prototypes: say second: prototypes in the list"));
    }
    return new Judges(List.copyOf(judges), agreement);
  }

  private static Map<CalibrationSet, UnitRows> rows(
      ImageEmbedder embedder,
      List<CalibrationSet> calibration,
      EmbeddingCache cache,
      EmbeddingCache.ImageSource source)
      throws IOException {
    Map<CalibrationSet, UnitRows> rows = new LinkedHashMap<>();
    for (CalibrationSet set : calibration) {
      rows.put(set, UnitRows.of(cache.of(embedder, set.keys(), source)));
    }
    return rows;
  }

  private static Map<CalibrationSet, UnitRows> heldOut(Map<CalibrationSet, UnitRows> rows) {
    Map<CalibrationSet, UnitRows> heldOut = new LinkedHashMap<>();
    rows.forEach((set, all) -> heldOut.put(set, all.rows(set.heldOut())));
    return heldOut;
  }

  private static Map<Boolean, NearestLabel> prototypes(Map<CalibrationSet, UnitRows> rows) {
    Map<Boolean, SortedMap<String, UnitRows>> references = new TreeMap<>();
    rows.forEach(
        (set, all) ->
            references
                .computeIfAbsent(set.style(), style -> new TreeMap<>())
                .put(set.label(), all.rows(set.prototype())));
    Map<Boolean, NearestLabel> prototypes = new TreeMap<>();
    references.forEach(
        (style, some) -> {
          if (some.size() >= NearestLabel.FEWEST) {
            prototypes.put(style, NearestLabel.ofPrototypes(some));
          }
        });
    return prototypes;
  }

  private static Optional<Judge> texts(
      String id,
      ImageEmbedder embedder,
      KnownConcepts known,
      Map<CalibrationSet, UnitRows> heldOut) {
    Map<Boolean, NearestLabel> texts = new TreeMap<>();
    for (boolean style : new boolean[] {false, true}) {
      PromptTemplate template = style ? PromptTemplate.ofStyles() : PromptTemplate.ofThings();
      List<String> labels = known.ofStyle(style).stream().map(Phrase::phrase).distinct().toList();
      if (embedder.readsTexts() && labels.size() >= NearestLabel.FEWEST) {
        float[][] rows = embedder.texts(labels.stream().map(template::with).toList());
        texts.put(style, NearestLabel.ofTexts(labels, UnitRows.of(rows)));
      }
    }
    return texts.isEmpty()
        ? Optional.empty()
        : Optional.of(Judge.calibrated(id, embedder.label() + ", texts", embedder, texts, heldOut));
  }

  /** How far both agree on held-out images that both can judge. */
  private static Optional<Agreement> agreement(
      List<Judge> judges, Map<CalibrationSet, UnitRows> heldOut) {
    if (judges.size() < 2) {
      return Optional.empty();
    }
    List<JudgedImage> first = new ArrayList<>();
    List<JudgedImage> second = new ArrayList<>();
    heldOut.forEach(
        (set, images) -> {
          if (judges.stream().allMatch(judge -> judge.judges(set.style()))) {
            first.addAll(judges.get(0).answers(images, set.style()));
            second.addAll(judges.get(judges.size() - 1).answers(images, set.style()));
          }
        });
    return first.isEmpty() ? Optional.empty() : Optional.of(Agreement.of(first, second));
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

  /** How far B and A agree on held-out calibration images; empty where there is one judge. */
  public Optional<Agreement> agreement() {
    return agreement;
  }
}
