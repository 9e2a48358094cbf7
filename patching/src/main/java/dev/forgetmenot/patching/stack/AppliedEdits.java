package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.patch.edit.PatchEdit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Edits of a draft on a model, to look at what they do before they are a patch. */
public final class AppliedEdits {
  private AppliedEdits() {}

  /** What is done while edits are on a model. */
  @FunctionalInterface
  public interface Work<R> {
    /** Does it, on the engine thread. */
    R run() throws IOException;
  }

  /**
   * Does work while a model has the weights that users get from the draft's patch at strength 1, to
   * the bit. The base is back afterwards. For the engine thread.
   *
   * @throws IllegalArgumentException if an edit adds tokens, or changes none of the model's weights
   * @throws IOException if a weight would not be a number, or the work throws it
   */
  public static <R> R during(List<PatchEdit> edits, DiffusionModel model, Work<R> work)
      throws IOException {
    PatchedWeights patched = PatchedWeights.ofDraft(edits, model.base().tensors());
    NamedWeights weights = model.weights();
    List<String> changed = new ArrayList<>();
    try {
      for (String target : patched.targets()) {
        float[] values = patched.values(target);
        changed.add(target);
        weights.replace(target, values);
      }
      return work.run();
    } finally {
      changed.forEach(weights::restore);
    }
  }
}
