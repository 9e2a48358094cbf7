package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask.NeverKnown;
import dev.forgetmenot.api.evaluation.Evaluator.NotTested;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.SafetyVerdict;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.evaluation.judge.EmbeddingCache;
import dev.forgetmenot.evaluation.judge.Judge;
import dev.forgetmenot.evaluation.judge.Judges;
import dev.forgetmenot.evaluation.judge.NeverKnownHalves;
import dev.forgetmenot.evaluation.measure.UnitRows;
import dev.forgetmenot.evaluation.unit.CanonicalJson;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What evaluators measure with: images of a store, which are embedded once. For the thread of the
 * job.
 */
public final class StoredAccess implements EvaluationAccess {
  private static final int DIGITS = 16;

  private final EvaluationRun run;
  private final TestedModel model;
  private final ImageStore store;
  private final ImageEmbedder embedder;
  private final EmbeddingCache cache;
  private final Judges judges;
  private final Map<Drawn, List<String>> keys = new HashMap<>();
  private final Map<Embedded, float[][]> embeddings = new HashMap<>();
  private final Map<String, Map<Drawn, List<JudgedImage>>> answers = new HashMap<>(); // by judge
  private final Set<ImageSet> beside = new LinkedHashSet<>();
  private final Map<NeverKnown, UnitRows> prototypes = new HashMap<>();
  private final List<NotTested> notTested = new ArrayList<>();
  private Optional<SafetyJudge> safety = Optional.empty();

  /** The images of a set that one of the models drew. */
  private record Drawn(ImageSet set, ModelState state) {}

  /** Images by the keys of their units, and the digest of what embedded them. */
  private record Embedded(String embedder, List<String> keys) {}

  /**
   * Access to the images of a run, all of which are in the store; sets the judges.
   *
   * @param towers stay open and the caller's
   * @throws IOException if images cannot be read
   * @throws IllegalArgumentException if nothing can be judged
   */
  StoredAccess(EvaluationRun run, TestedModel model, ImageStore store, Judges.Towers towers)
      throws IOException {
    this.run = run;
    this.model = model;
    this.store = store;
    embedder = towers.embedder();
    cache = new EmbeddingCache(store.embeddings());
    judges = Judges.of(towers, run.task().vocabulary(), run.calibration(), cache, this::stored);
  }

  /** The judges. */
  public Judges judging() {
    return judges;
  }

  private List<RgbImage> stored(List<String> keys) throws IOException {
    List<RgbImage> images = new ArrayList<>();
    for (String key : keys) {
      images.add(store.image(key));
    }
    return images;
  }

  @Override
  public List<RgbImage> images(ImageSet set, ModelState state) throws IOException {
    return stored(keys(set, state));
  }

  @Override
  public List<String> keys(ImageSet set, ModelState state) {
    return keys.computeIfAbsent(
        new Drawn(set, state),
        drawn -> run.units(set, state).stream().map(ImageUnit::key).toList());
  }

  @Override
  public List<String> judges() {
    return judges.ids();
  }

  @Override
  public List<JudgedImage> answers(String judge, ImageSet set, ModelState state)
      throws IOException {
    Map<Drawn, List<JudgedImage>> known =
        answers.computeIfAbsent(judge, ignored -> new HashMap<>());
    Drawn drawn = new Drawn(set, state);
    List<JudgedImage> said = known.get(drawn);
    if (said == null) {
      List<ConceptType> kinds = set.shots().stream().map(ImageSet.Shot::kind).toList();
      Judge asked = judges.get(judge);
      said = List.copyOf(asked.answers(embeddings(asked.embedder(), keys(set, state)), kinds));
      known.put(drawn, said);
    }
    return said;
  }

  @Override
  public boolean knows(String judge, String label) {
    return judges.get(judge).knows(label);
  }

  @Override
  public boolean isWeak(String judge, String label) {
    return judges.get(judge).isWeak(label);
  }

  @Override
  public void draw(
      ImageSet set, ModelState state, Map<String, float[][]> tokens, JobContext context)
      throws IOException {
    if (run.sets().stream().anyMatch(one -> one.id().equals(set.id()))) {
      throw new IllegalArgumentException(
          Message.of(
              "an evaluator draws a set %s, which another asked for: give it another id",
              set.id()));
    }
    List<DrawnImage> drawn = make(set.shots(), state, ImageMaker.withTokens(tokens), context);
    keys.put(new Drawn(set, state), drawn.stream().map(DrawnImage::key).toList());
    beside.add(set);
  }

  @Override
  public List<DrawnImage> make(
      List<Shot> shots, ModelState state, ImageMaker.Described maker, JobContext context)
      throws IOException {
    TestedModel with = MakingModel.of(model, maker);
    List<ImageUnit> units =
        new TaskUnits(with, run.task().settings()).of(new ImageSet("", "", shots, false), state);
    new Drawing(with, store, context).draw(units);
    return IntStream.range(0, units.size())
        .mapToObj(i -> new DrawnImage(shots.get(i), units.get(i).key()))
        .toList();
  }

  @Override
  public List<RgbImage> images(List<DrawnImage> images) throws IOException {
    return stored(images.stream().map(DrawnImage::key).toList());
  }

  @Override
  public List<JudgedImage> answers(
      String judge, List<DrawnImage> images, Optional<NeverKnown> never) throws IOException {
    if (images.isEmpty()) {
      return List.of();
    }
    Judge asked = judges.get(judge);
    if (never.isPresent()) {
      asked = knowing(asked, never.get());
    }
    List<ConceptType> kinds = images.stream().map(image -> image.shot().kind()).toList();
    List<String> units = images.stream().map(DrawnImage::key).toList();
    return asked.answers(embeddings(asked.embedder(), units), kinds);
  }

  private Judge knowing(Judge judge, NeverKnown never) throws IOException {
    int size = run.task().settings().width().orElseThrow();
    UnitRows prototype = prototypes.get(never);
    if (prototype == null) {
      prototype =
          UnitRows.of(judge.embedder().images(NeverKnownHalves.read(never, size).prototype()));
      prototypes.put(never, prototype);
    }
    return judge.with(never.phrase(), never.kind() == ConceptType.STYLE, prototype);
  }

  @Override
  public void show(ImageSet set, List<DrawnImage> original, List<DrawnImage> patched) {
    keys.put(new Drawn(set, ModelState.ORIGINAL), original.stream().map(DrawnImage::key).toList());
    keys.put(new Drawn(set, ModelState.PATCHED), patched.stream().map(DrawnImage::key).toList());
    beside.add(set);
  }

  /** The sets that evaluators drew beside those that they asked for, in order. */
  Set<ImageSet> beside() {
    return beside;
  }

  @Override
  public ImageEmbedder embedder() {
    return embedder;
  }

  @Override
  public float[][] embeddings(ImageSet set, ModelState state) throws IOException {
    return embeddings(embedder, keys(set, state));
  }

  private float[][] embeddings(ImageEmbedder by, List<String> keys) throws IOException {
    Embedded wanted = new Embedded(by.digest(), keys);
    float[][] known = embeddings.get(wanted);
    if (known == null) {
      known = cache.of(by, keys, this::stored);
      embeddings.put(wanted, known);
    }
    return known;
  }

  /** Takes the model's safety checker. */
  public void checkedBy(SafetyJudge judge) {
    safety = Optional.of(judge);
  }

  @Override
  public Optional<List<SafetyVerdict>> safety(ImageSet set, ModelState state) throws IOException {
    if (safety.isEmpty()) {
      return Optional.empty();
    }
    float[][] images = cache.of(safety.get().embedder(), keys(set, state), this::stored);
    return Optional.of(safety.get().verdicts(images));
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    return model.compute(state, task);
  }

  @Override
  public void notTested(NotTested line) {
    notTested.add(line);
  }

  /** What evaluators said since the last call that they could not test. */
  List<NotTested> takeNotTested() {
    List<NotTested> lines = List.copyOf(notTested);
    notTested.clear();
    return lines;
  }

  @Override
  public Path folder(ModelState state, String key) throws IOException {
    String identity = Sha256.hex(CanonicalJson.bytes(model.identity(state).json()));
    return store.results(identity.substring(0, DIGITS) + "-" + key);
  }
}
