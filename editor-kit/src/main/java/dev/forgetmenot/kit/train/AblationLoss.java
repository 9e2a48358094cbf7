package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.training.TrainingScope;

/**
 * The loss of concept ablation (Kumari et al., "Ablating Concepts in Text-to-Image Diffusion
 * Models", arXiv 2303.13516), model-based: mean (ε_θ(x, t, c) − ε₀(x, t, c*))² with the base ε₀,
 * where x are images of the anchor c*. For the engine thread.
 */
public record AblationLoss(DiffusionModel model, TrainingScope scope) {
  /**
   * The loss.
   *
   * @param noisy xₜ (b, c, h, w)
   * @param timesteps t, one for each of the batch
   * @param concept of the concepts' prompts, b rows
   * @param anchor of the anchors' prompts, b rows
   * @return (), of the manager of {@code noisy}
   */
  public NDArray of(
      NDArray noisy, double[] timesteps, TextCondition concept, TextCondition anchor) {
    NDArray target =
        scope.withBase(() -> model.predict(noisy, timesteps, anchor, AttentionHooks.NONE));
    return MseLoss.meanSquare(
        model.predict(noisy, timesteps, concept, AttentionHooks.NONE), target);
  }
}
