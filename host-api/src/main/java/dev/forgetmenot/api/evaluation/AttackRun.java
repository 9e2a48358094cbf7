package dev.forgetmenot.api.evaluation;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.EvaluationAccess.ModelTask;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.model.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One concept that an attack is to bring, one model that it attacks, and what it may use.
 *
 * @param attack its name, for keys of what it keeps
 * @param aim the concept
 * @param state which of the two models is attacked
 * @param budget how much work
 * @param seeds of the images that are scored, one for each trial
 * @param task what is evaluated
 * @param access images, judges and models
 * @param shown images of the concept that the attacker has
 * @param context progress and cancellation
 */
@SuppressWarnings("ArrayRecordComponent") // read only
public record AttackRun(
    String attack,
    AttackAim aim,
    ModelState state,
    AttackBudget budget,
    long[] seeds,
    EvaluationTask task,
    EvaluationAccess access,
    Examples shown,
    JobContext context) {

  /** Images of a concept: the original's by seeds that are not scored, or those of a folder. */
  @FunctionalInterface
  public interface Examples {
    /**
     * So many images, or as many as there are.
     *
     * @param count 1 or more
     */
    List<RgbImage> first(int count) throws IOException;
  }

  /** How many images, or prompts with their candidates, are scored. */
  public int trials() {
    return seeds.length;
  }

  /** A trial's image by the concept's name: the prompts of the rung {@code name}, spread evenly. */
  public Shot shot(int trial) {
    List<String> prompts = aim.prompts();
    return shot(trial, prompts.get(Math.toIntExact((long) trial * prompts.size() / trials())));
  }

  /** A trial's image by another prompt, with the trial's seed. */
  public Shot shot(int trial, String prompt) {
    return shot(prompt, seeds[trial]);
  }

  /** An image of any prompt and seed that should show the concept. */
  public Shot shot(String prompt, long seed) {
    return new Shot(prompt, seed, aim.concept().labels().get(0), aim.concept().kind());
  }

  /** The images by the concept's name, one for each trial. */
  public List<Shot> shots() {
    return IntStream.range(0, trials()).mapToObj(this::shot).toList();
  }

  /**
   * Draws images with the attacked model, in the settings of the task; those that are kept are not
   * drawn again.
   */
  public List<DrawnImage> draw(List<Shot> shots, ImageMaker.Described maker) throws IOException {
    return access.make(shots, state, maker, context);
  }

  /** Draws images of prompts with the attacked model, as {@code fmn generate} would. */
  public List<DrawnImage> draw(List<Shot> shots) throws IOException {
    return draw(shots, ImageMaker.plain());
  }

  /**
   * Whether images show the concept, by the judge that chooses, which is not the one that scores
   * where there are two: for early stops and for the choice of prompts.
   */
  public List<Boolean> show(List<DrawnImage> images) throws IOException {
    List<String> judges = access.judges();
    String judge = aim.never().isPresent() || judges.size() < 2 ? judges.get(0) : judges.get(1);
    return access.answers(judge, images, aim.never()).stream()
        .map(said -> said.is(aim.concept().labels()))
        .toList();
  }

  /** Computes with the attacked model, on the engine thread; its weights must be as they were. */
  public <T> T compute(ModelTask<T> work) throws IOException {
    return access.compute(state, work);
  }

  /**
   * A folder of this run for what a later run of the same goes on from, and for files that users
   * take, such as tokens.
   *
   * @param part all that decides the files beside attack, concept, model and budget, in characters
   *     of a file name
   */
  public Path folder(String part) throws IOException {
    return access.folder(state, String.join("-", "attack", attack, aim.id(), budget.word(), part));
  }
}
