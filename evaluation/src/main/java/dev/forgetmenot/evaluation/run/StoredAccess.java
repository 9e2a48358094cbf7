package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.evaluation.unit.CanonicalJson;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What evaluators measure with: images of a store, embedded and judged once each. For the thread of
 * the job.
 */
public final class StoredAccess implements EvaluationAccess {
  private final EvaluationRun run;
  private final TestedModel model;
  private final ImageStore store;
  private final ImageEmbedder embedder;
  private final Judging judging;
  private final Map<String, float[]> embeddings = new HashMap<>(); // by key of the unit

  /**
   * Access to the images of a run.
   *
   * @param embedder stays open and the caller's
   */
  public StoredAccess(
      EvaluationRun run,
      TestedModel model,
      ImageStore store,
      ImageEmbedder embedder,
      Judging judging) {
    this.run = run;
    this.model = model;
    this.store = store;
    this.embedder = embedder;
    this.judging = judging;
  }

  @Override
  public List<RgbImage> images(ImageSet set, ModelState state) throws IOException {
    List<RgbImage> images = new ArrayList<>();
    for (String key : keys(set, state)) {
      images.add(store.image(key));
    }
    return images;
  }

  @Override
  public List<String> keys(ImageSet set, ModelState state) {
    return run.units(set, state).stream().map(ImageUnit::key).toList();
  }

  @Override
  public List<String> judges() {
    return judging.ids();
  }

  @Override
  public List<JudgedImage> answers(String judge, ImageSet set, ModelState state)
      throws IOException {
    List<ConceptType> kinds = set.shots().stream().map(ImageSet.Shot::kind).toList();
    return judging.answers(judge, embeddings(set, state), kinds);
  }

  @Override
  public ImageEmbedder embedder() {
    return embedder;
  }

  @Override
  public float[][] embeddings(ImageSet set, ModelState state) throws IOException {
    List<String> keys = keys(set, state);
    List<String> missing =
        keys.stream().distinct().filter(key -> !embeddings.containsKey(key)).toList();
    List<RgbImage> images = new ArrayList<>();
    for (String key : missing) {
      images.add(store.image(key));
    }
    float[][] found = images.isEmpty() ? new float[0][] : embedder.images(images);
    for (int i = 0; i < found.length; i++) {
      embeddings.put(missing.get(i), found[i]);
    }
    return keys.stream().map(embeddings::get).toArray(float[][]::new);
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    return model.compute(state, task);
  }

  @Override
  public Path folder(ModelState state, String key) throws IOException {
    String identity = Sha256.hex(CanonicalJson.bytes(model.identity(state).json()));
    return store.results(identity.substring(0, 16) + "-" + key);
  }
}
