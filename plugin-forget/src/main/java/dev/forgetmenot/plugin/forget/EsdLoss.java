package dev.forgetmenot.plugin.forget;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.kit.train.MseLoss;

/**
 * The loss of ESD (Gandikota, Materzyńska, Fiotto-Kaufman and Bau, "Erasing Concepts from Diffusion
 * Models", arXiv 2303.07345):
 *
 * <pre>mean (ε_θ(x, t, c) − [ε₀(x, t, ∅) − η (ε₀(x, t, c) − ε₀(x, t, ∅))])²</pre>
 *
 * with the base ε₀. For the engine thread.
 *
 * @param guidance η
 */
record EsdLoss(DiffusionModel model, TrainingScope scope, double guidance) {
  /**
   * The loss.
   *
   * @param noisy xₜ (b, c, h, w)
   * @param timesteps t, one for each of the batch
   * @param concept of the concept's prompt, b rows
   * @param empty of the empty prompt, b rows
   * @return (), of the manager of {@code noisy}
   */
  NDArray of(NDArray noisy, double[] timesteps, TextCondition concept, TextCondition empty) {
    NDArray target = scope.withBase(() -> target(noisy, timesteps, concept, empty));
    NDArray prediction = model.predict(noisy, timesteps, concept, AttentionHooks.NONE);
    return MseLoss.meanSquare(prediction, target);
  }

  /** No graph is recorded here. */
  private NDArray target(
      NDArray noisy, double[] timesteps, TextCondition concept, TextCondition empty) {
    try (NDArray nothing = model.predict(noisy, timesteps, empty, AttentionHooks.NONE);
        NDArray with = model.predict(noisy, timesteps, concept, AttentionHooks.NONE);
        NDArray difference = with.sub(nothing);
        NDArray scaled = difference.mul((float) guidance)) {
      return nothing.sub(scaled);
    }
  }
}
