package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Answers, embeddings and images that a test wrote by hand. */
class FakeAccess implements EvaluationAccess {
  /** The answer of a judge that is not sure. */
  static final String UNSURE = "?";

  private final Map<String, List<JudgedImage>> answers = new HashMap<>();
  private final Map<String, float[][]> embeddings = new HashMap<>();
  private final Map<String, List<RgbImage>> images = new HashMap<>();
  final List<Evaluator.NotTested> notTested = new ArrayList<>();
  List<String> judges = List.of("B");
  Set<String> unknown = Set.of(); // labels
  Set<String> weak = Set.of();
  ImageEmbedder embedder;

  FakeAccess says(String judge, String set, ModelState state, String... labels) {
    answers.put(
        judge + set + state,
        Stream.of(labels).map(label -> new JudgedImage(label, 0.1, label.equals(UNSURE))).toList());
    return this;
  }

  FakeAccess embeds(String set, ModelState state, float[]... rows) {
    embeddings.put(set + state, rows);
    return this;
  }

  FakeAccess drew(String set, ModelState state, RgbImage... drawn) {
    images.put(set + state, List.of(drawn));
    return this;
  }

  @Override
  public List<RgbImage> images(ImageSet set, ModelState state) throws IOException {
    return found(images, set.id() + state, set, List::size);
  }

  @Override
  public List<String> keys(ImageSet set, ModelState state) {
    return set.shots().stream().map(shot -> "0".repeat(64)).toList();
  }

  @Override
  public List<String> judges() {
    return judges;
  }

  @Override
  public List<JudgedImage> answers(String judge, ImageSet set, ModelState state)
      throws IOException {
    return found(answers, judge + set.id() + state, set, List::size);
  }

  @Override
  public void draw(
      ImageSet set, ModelState state, Map<String, float[][]> tokens, JobContext context)
      throws IOException {
    throw new AssertionError("no image was drawn beside the sets");
  }

  @Override
  public List<DrawnImage> make(
      List<ImageSet.Shot> shots, ModelState state, ImageMaker.Described maker, JobContext context)
      throws IOException {
    throw new AssertionError("no image was made beside the sets");
  }

  @Override
  public List<RgbImage> images(List<DrawnImage> drawn) throws IOException {
    throw new AssertionError("no image was made beside the sets");
  }

  @Override
  public List<JudgedImage> answers(
      String judge, List<DrawnImage> drawn, Optional<EvaluationTask.NeverKnown> never)
      throws IOException {
    throw new AssertionError("no image was made beside the sets");
  }

  @Override
  public void show(ImageSet set, List<DrawnImage> original, List<DrawnImage> patched) {
    throw new AssertionError("no image was made beside the sets");
  }

  @Override
  public boolean knows(String judge, String label) {
    return !unknown.contains(label);
  }

  @Override
  public boolean isWeak(String judge, String label) {
    return weak.contains(label);
  }

  @Override
  public ImageEmbedder embedder() {
    return embedder;
  }

  @Override
  public float[][] embeddings(ImageSet set, ModelState state) throws IOException {
    return found(embeddings, set.id() + state, set, rows -> rows.length);
  }

  /** What a test gave, which must be of as many images as the set has. */
  private static <T> T found(
      Map<String, T> given, String key, ImageSet set, java.util.function.ToIntFunction<T> size) {
    T found = given.get(key);
    if (found == null || size.applyAsInt(found) != set.shots().size()) {
      throw new AssertionError(key + ": " + found + " for " + set.shots());
    }
    return found;
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    throw new AssertionError("there is no model");
  }

  @Override
  public void notTested(Evaluator.NotTested line) {
    notTested.add(line);
  }

  @Override
  public Path folder(ModelState state, String key) throws IOException {
    throw new AssertionError("there is no folder");
  }
}
