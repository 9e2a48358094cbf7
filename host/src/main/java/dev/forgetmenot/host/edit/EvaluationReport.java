package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;

/**
 * How an edit is judged: the same images are drawn on the base and with the patch.
 *
 * @param <R> what such images showed
 */
interface EvaluationReport<R> {
  /** Whether the judge knows everything that is asked of it. */
  boolean canBeJudgedBy(ImageClassifier judge);

  /** How many images are drawn each time. */
  int images();

  /** Draws and judges with the model as it is now; on the engine thread. */
  R draw(DiffusionModel model, ImageClassifier judge);

  /** What goes into the patch. */
  List<Manifest.Evidence> evidence(R before, R after);

  /** Writes the files for people beside the patch and says what they are told. */
  EditJob.Report write(PatchDraft draft, R before, R after) throws IOException;
}
