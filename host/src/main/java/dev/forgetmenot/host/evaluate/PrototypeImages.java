package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.evaluation.judge.CalibrationSet;
import dev.forgetmenot.evaluation.judge.EmbeddingCache;
import dev.forgetmenot.evaluation.judge.Judge;
import dev.forgetmenot.evaluation.judge.JudgeClassifier;
import dev.forgetmenot.evaluation.judge.Judges;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.kit.auto.SearchTime;
import dev.forgetmenot.kit.concept.EvenSpread;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The images of the base by which the report of an edit gets a second judge: of what is edited, its
 * nearest concepts, and the report's others. They are kept in the store of {@code fmn evaluate}, so
 * that a second edit of the same model draws none of them.
 *
 * @param loader that the model was loaded by
 * @param store where images and their embeddings are kept
 * @param each images of each concept; 0 for no second judge; empty for 4 where images are small and
 *     for 0 where each takes long
 */
public record PrototypeImages(ModelLoader loader, Path store, OptionalInt each) {
  private static final int USUAL = 4;
  private static final int FEWEST = 2;
  private static final int SMALL = 256; // pixels a side
  private static final int NEAREST = 14;
  private static final int ENOUGH = 8; // things; fewer flatter every method
  private static final long FIRST_SEED = 900_000; // that of the list emoji

  /** Checks the number. */
  public PrototypeImages {
    if (each.isPresent() && each.getAsInt() != 0 && each.getAsInt() < FEWEST) {
      throw new IllegalArgumentException(
          "a second judge takes 2 images of each concept or more, or 0 for none, not "
              + each.getAsInt());
    }
  }

  /** As many as usual, in the folder of the user or of {@code FMN_STORE}. */
  public static PrototypeImages usual(ModelLoader loader) {
    return new PrototypeImages(loader, StoreFolder.of(Optional.empty()), OptionalInt.empty());
  }

  /**
   * Two judges of one image tower.
   *
   * @param prototypes B, which reports
   * @param texts A, by whose tower methods are chosen; it abstains where it is not sure
   */
  public record Both(ImageClassifier prototypes, ImageClassifier texts) {}

  /**
   * What the images of a judge may cost.
   *
   * @param steps of the sampler
   * @param time of the whole search
   */
  public record Effort(int steps, SearchTime time) {}

  private int each(StableDiffusion model) {
    return each.orElse(takesLong(model) ? 0 : USUAL);
  }

  /**
   * Tries the store.
   *
   * @throws IOException if it cannot be written to
   */
  public void check() throws IOException {
    OutputFolder.prepare(store, 0, "--store");
  }

  /**
   * The judges of a report; draws what the store lacks.
   *
   * @param model without patches
   * @param shown what the first judge says that edited images show, so that the second may say it
   *     too
   * @param first what chose; its CLIP stays open as long as the judges
   * @return empty where no second judge is asked for, and for a classifier of a plugin
   */
  public Optional<Both> judges(
      StableDiffusion model,
      Evaluation evaluation,
      KnownConcepts vocabulary,
      Set<String> shown,
      ImageClassifier first,
      JobContext context)
      throws IOException {
    if (each(model) == 0 || !(first instanceof ZeroShotClassifier clip)) {
      return Optional.empty();
    }
    ImageEmbedder embedder = clip.embedder();
    Map<String, ConceptType> labels =
        model.engine().call(() -> labels(model, evaluation, vocabulary, shown));
    UntouchedImages images = untouched(context, model);
    Map<String, List<ImageUnit>> units = new LinkedHashMap<>();
    labels.forEach(
        (label, kind) -> units.put(label, images.units(request(model, evaluation, label, kind))));
    int drawn = images.draw(units.values().stream().flatMap(List::stream).toList());
    if (drawn > 0) {
      context.say(
          Message.of(
              "drew %d images of %d concepts for the second judge; %s keeps them",
              drawn, labels.size(), store));
    }
    Judges judges = judges(embedder, vocabulary, labels, units, images);
    return judges.ids().equals(List.of("B", "A"))
        ? Optional.of(
                new Both(
                    new JudgeClassifier(judges.get("B"), Optional.of(first)),
                    new JudgeClassifier(judges.get("A"), Optional.of(first))))
            .filter(both -> evaluation.canBeJudgedBy(both.prototypes()))
        : Optional.empty();
  }

  private static Judges judges(
      ImageEmbedder embedder,
      KnownConcepts vocabulary,
      Map<String, ConceptType> labels,
      Map<String, List<ImageUnit>> units,
      UntouchedImages images)
      throws IOException {
    List<CalibrationSet> sets = new ArrayList<>();
    units.forEach(
        (label, some) ->
            sets.add(
                new CalibrationSet(
                    label, labels.get(label), some.stream().map(ImageUnit::key).toList())));
    return Judges.of(
        Judges.Towers.of(embedder),
        vocabulary,
        sets,
        new EmbeddingCache(images.embeddings()),
        images::images);
  }

  /**
   * Judge B alone, where the only image tower reads no texts: set by images of what is edited, its
   * nearest concepts and others, drawn in turns while half of the time of a search lasts. For the
   * engine thread.
   *
   * @param model without patches
   * @param tower stays open as long as the judge
   * @return empty where there was no time for enough things; what was drawn is kept
   */
  public Optional<Judge> alone(
      StableDiffusion model,
      ImageEmbedder tower,
      List<Concept> concepts,
      KnownConcepts vocabulary,
      Effort effort,
      JobContext context)
      throws IOException {
    Map<String, ConceptType> wanted = alone(new PromptEncoder(model), concepts, vocabulary);
    UntouchedImages images = untouched(context, model);
    Map<String, List<ImageUnit>> units = new LinkedHashMap<>();
    int drawn = 0;
    for (Map.Entry<String, ConceptType> label : wanted.entrySet()) {
      if (effort.time().isHalfOver()) {
        break;
      }
      List<ImageUnit> own =
          images.units(
              GenerationRequest.of(PromptTemplate.of(label.getValue()).with(label.getKey()))
                  .seeds(FIRST_SEED, takesLong(model) ? FEWEST : USUAL)
                  .sampled("ddim", effort.steps()));
      drawn += images.draw(own);
      units.put(label.getKey(), own);
    }
    context.say(
        Message.of(
            "judge B: %d of %d things by images of the untouched model, %d of them new; %s keeps them",
            units.size(), wanted.size(), drawn, store));
    return units.size() < Math.min(ENOUGH, wanted.size())
        ? Optional.empty()
        : Optional.of(judges(tower, vocabulary, wanted, units, images).get("B"));
  }

  /** Whether a model's images take so long that nobody waits for many. */
  public static boolean takesLong(StableDiffusion model) {
    return model.imageSize() >= SMALL;
  }

  /** The concepts, then near ones and others in turn. */
  private static Map<String, ConceptType> alone(
      PromptEncoder encoder, List<Concept> concepts, KnownConcepts vocabulary) {
    Map<String, ConceptType> labels = new LinkedHashMap<>();
    for (Concept concept : concepts) {
      labels.put(
          vocabulary.find(concept.name()).map(Phrase::phrase).orElse(concept.name()),
          concept.kind());
    }
    List<String> near =
        concepts.stream()
            .flatMap(one -> NearestConcepts.of(encoder, one, vocabulary).first(NEAREST).stream())
            .map(PromptPhrase::phrase)
            .toList();
    List<String> others =
        EvenSpread.of(NEAREST, vocabulary.ofStyle(false).stream().map(Phrase::phrase).toList());
    for (int i = 0; i < Math.max(near.size(), others.size()); i++) {
      for (List<String> some : List.of(near, others)) {
        if (i < some.size()) {
          labels.putIfAbsent(some.get(i), vocabulary.kindOf(some.get(i)));
        }
      }
    }
    return labels;
  }

  /**
   * The context of a job that gets images of the untouched model from the store.
   *
   * @param model without patches
   * @throws IOException if the base cannot be read
   */
  public UntouchedImages untouched(JobContext context, StableDiffusion model) throws IOException {
    return new UntouchedImages(context, loader, model, store);
  }

  /** What is edited, what is nearest to it, and what should stay. For the engine thread. */
  private static Map<String, ConceptType> labels(
      StableDiffusion model, Evaluation evaluation, KnownConcepts vocabulary, Set<String> shown) {
    PromptEncoder encoder = new PromptEncoder(model);
    Set<String> phrases = new LinkedHashSet<>(shown);
    for (EditGoal goal : evaluation.goals()) {
      Stream.of(List.of(goal.concept().name()), goal.ownNames(), goal.without())
          .flatMap(List::stream)
          .forEach(phrases::add);
      NearestConcepts.of(encoder, goal.concept(), vocabulary).first(NEAREST).stream()
          .map(PromptPhrase::phrase)
          .forEach(phrases::add);
    }
    phrases.addAll(evaluation.others());
    Map<String, ConceptType> labels = new LinkedHashMap<>();
    vocabulary.phrases().stream()
        .filter(entry -> phrases.contains(entry.phrase()))
        .forEach(entry -> labels.put(entry.phrase(), entry.kind()));
    return labels;
  }

  private GenerationRequest request(
      StableDiffusion model, Evaluation evaluation, String label, ConceptType kind) {
    return GenerationRequest.of(PromptTemplate.of(kind).with(label))
        .seeds(FIRST_SEED, each(model))
        .sampled("ddim", evaluation.size().steps());
  }
}
