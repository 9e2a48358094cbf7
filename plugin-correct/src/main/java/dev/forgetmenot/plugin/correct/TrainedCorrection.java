package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.train.TrainedEditor;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;

/** An editor that corrects one word by training. */
abstract class TrainedCorrection extends TrainedEditor {
  /** Images that shares are measured by have seeds of their own, after the training's. */
  static final long TRIAL_SEEDS = 7000;

  TrainedCorrection(String name, String summary) {
    super(Operation.CORRECT, name, summary);
  }

  /**
   * Trains for the one word.
   *
   * @param word the word as a prompt says it
   * @param subject the same with what of it is the word itself
   */
  abstract PatchDraft train(
      Concept word, PromptPhrase subject, Settings values, DiffusionModel model, JobContext context)
      throws IOException;

  @Override
  protected final PatchDraft train(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    SingleConcept word = SingleConcept.of(concepts, context.knownConcepts());
    return train(word.concept(), word.subject(), values, model, context);
  }
}
