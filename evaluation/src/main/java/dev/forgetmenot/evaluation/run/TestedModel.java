package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.evaluation.EvaluationAccess.ModelTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import java.io.IOException;
import java.util.List;

/** The model under test, with and without the patches; one model, whose patches are exchanged. */
public interface TestedModel {
  /** What decides the pixels of its images beside prompt, seed and settings. */
  ImageUnit.Model identity(ModelState state);

  /**
   * How many images of a size are always drawn together. A network's last bits depend on how many
   * it computes at once, and not on which: a smaller number of images is filled up.
   *
   * @param width pixels
   * @param height pixels
   * @return 1 or more, the same on every machine
   */
  int batch(int width, int height);

  /**
   * Computes with the model in a state, on the engine thread. Patches are put on or taken off where
   * the last call was of the other state.
   *
   * @return what the task returns
   */
  <T> T compute(ModelState state, ModelTask<T> task) throws IOException;

  /**
   * Draws one image of each of some requests that differ in prompt and seed alone.
   *
   * @param requests as many as {@link #batch} says
   */
  default List<RgbImage> draw(ModelState state, List<GenerationRequest> requests)
      throws IOException {
    return compute(state, loaded -> ImageMaker.plain().maker().make(loaded, requests));
  }
}
