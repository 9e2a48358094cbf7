package dev.forgetmenot.plugin.forget;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.stack.AppliedEdits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tokens that bring concepts back to models that forgot them, found one edit after another: the
 * inner search of adversarial training, after AdvUnlearn (Zhang et al., "Defensive Unlearning with
 * Adversarial Training", arXiv 2405.15234), with a concept inversion as the attack. They are in the
 * vocabulary until {@link #close}. For the engine thread.
 */
final class AdversarialTokens implements AutoCloseable {
  private final DiffusionModel model;
  private final ShortInversion attack;
  private final List<AddedTokens> found = new ArrayList<>();

  /** None yet. */
  AdversarialTokens(DiffusionModel model, ShortInversion attack) {
    this.model = model;
    this.attack = attack;
  }

  /**
   * Looks for tokens that bring each concept back to the model with an edit.
   *
   * @param images of each concept, in order
   * @throws IOException if the edit's weights would not be numbers
   */
  void search(
      PatchDraft edit, List<Concept> concepts, List<TrainingImages> images, JobContext context)
      throws IOException {
    AppliedEdits.during(
        edit.edits(),
        model,
        () -> {
          for (int i = 0; i < concepts.size(); i++) {
            int number = found.size() + 1;
            found.add(
                attack.learned(model, concepts.get(i).kind(), number, images.get(i), context));
          }
          return found;
        });
  }

  /** What prompts call the concepts by these tokens: the concepts in order, again and again. */
  List<String> words() {
    return found.stream().map(tokens -> String.join("", tokens.names())).toList();
  }

  @Override
  public void close() {
    for (int i = found.size() - 1; i >= 0; i--) { // the last added first
      found.get(i).close();
    }
  }
}
