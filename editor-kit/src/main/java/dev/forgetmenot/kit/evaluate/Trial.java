package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.DiffusionModel;

/**
 * A fixed set of images by which an edit is judged: run before and after the edit, it says what the
 * edit did.
 *
 * @param <R> what it shows
 */
public interface Trial<R> {
  /**
   * Draws and judges with the model as it is now; on the engine thread.
   *
   * @param judge who recognises; see {@link #canBeJudgedBy}
   */
  R run(DiffusionModel model, ImageClassifier judge);

  /** How many images it draws. */
  int images();

  /** Whether the classifier knows every phrase that the trial asks for. */
  boolean canBeJudgedBy(ImageClassifier judge);

  /** A trial of the same with few images, by which the time of this one is estimated. */
  Trial<R> few();
}
