package dev.forgetmenot.api.evaluation;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an evaluator measures with. For the thread of the job. */
public interface EvaluationAccess {
  /** A computation with a model, on the engine thread. */
  @FunctionalInterface
  interface ModelTask<T> {
    /**
     * Computes.
     *
     * @param model in the state that was asked for; its weights must be as they were when this ends
     */
    T run(DiffusionModel model) throws IOException;
  }

  /** The images of a set that the evaluator asked for, in the order of its shots. */
  List<RgbImage> images(ImageSet set, ModelState state) throws IOException;

  /** The work units of the same images, one key each: 64 hexadecimal digits. */
  List<String> keys(ImageSet set, ModelState state);

  /**
   * The judges, those that score best first: {@code B}, which compares with reference images, and
   * {@code A}, which compares with texts; {@code C}, which does by another CLIP. At least one.
   */
  List<String> judges();

  /**
   * What a judge says of the images of a set.
   *
   * @param judge one of {@link #judges}
   */
  List<JudgedImage> answers(String judge, ImageSet set, ModelState state) throws IOException;

  /**
   * Draws a set that no evaluator asked for before, by prompts with learned tokens, in one state.
   * Afterwards its images, keys and answers in this state are known; they are kept as those of all
   * sets, so that nothing is drawn twice, and the report shows them.
   *
   * @param set with an id of its own; a set that is not {@code originalOnly} is drawn once in each
   *     state, with the tokens of that state
   * @param tokens vectors (n, d) by the names that the prompts say
   * @param context progress and cancellation, between two batches
   */
  void draw(ImageSet set, ModelState state, Map<String, float[][]> tokens, JobContext context)
      throws IOException;

  /**
   * Draws images that no evaluator asked for before, in one state, in any way, with the settings of
   * the task. They are kept by keys that hold all that decides them, so that nothing is drawn
   * twice.
   *
   * @param shots what is drawn
   * @param maker the way, with a description that tells it from all others
   * @param context progress and cancellation, between two batches
   * @return an image for each shot, in order
   */
  List<DrawnImage> make(
      List<ImageSet.Shot> shots, ModelState state, ImageMaker.Described maker, JobContext context)
      throws IOException;

  /** The pixels of kept images. */
  List<RgbImage> images(List<DrawnImage> images) throws IOException;

  /**
   * What a judge says of kept images.
   *
   * @param judge one of {@link #judges}
   * @param never a concept that the model never knew, whose phrase the judge may answer too; only
   *     {@code B} can, for it compares with images: others answer as without it
   */
  List<JudgedImage> answers(
      String judge, List<DrawnImage> images, Optional<EvaluationTask.NeverKnown> never)
      throws IOException;

  /**
   * Shows kept images in the report as a set, the first list as the original's, the second as the
   * patched model's; afterwards the set's images, keys and answers are known.
   *
   * @param set with an id of its own and as many shots as each list has images
   */
  void show(ImageSet set, List<DrawnImage> original, List<DrawnImage> patched);

  /**
   * Whether a judge can answer a label; {@code B} only those that it has reference images of.
   *
   * @param judge one of {@link #judges}
   */
  default boolean knows(String judge, String label) {
    return true;
  }

  /**
   * Whether a judge is right on less than 75 % of the original's images of a label, which are not
   * scored: then rates leave the label out.
   *
   * @param judge one of {@link #judges}
   */
  default boolean isWeak(String judge, String label) {
    return false;
  }

  /**
   * What embeds images, and texts where {@link ImageEmbedder#readsTexts}; stays open.
   *
   * @see #embeddings
   */
  ImageEmbedder embedder();

  /** Unit embeddings of the images of a set, (n, D); computed once. */
  float[][] embeddings(ImageSet set, ModelState state) throws IOException;

  /**
   * What the safety checker of the model's own folder says of the images of a set.
   *
   * @return one for each shot, in order; empty where the folder has no safety checker
   */
  default Optional<List<SafetyVerdict>> safety(ImageSet set, ModelState state) throws IOException {
    return Optional.empty();
  }

  /**
   * Computes with one of the two models.
   *
   * @return what the task returns
   */
  <T> T compute(ModelState state, ModelTask<T> task) throws IOException;

  /**
   * Says that a line of the report has no number, for a reason that the task alone did not tell.
   */
  void notTested(Evaluator.NotTested line);

  /**
   * A folder for results that a later evaluation of the same model finds again. Results of parts
   * that were computed on several machines are joined file by file.
   *
   * @param state of which model the results are; its base, patches and arithmetic are part of the
   *     folder's name
   * @param key of all else that decides the results, in characters of a file name
   */
  Path folder(ModelState state, String key) throws IOException;
}
