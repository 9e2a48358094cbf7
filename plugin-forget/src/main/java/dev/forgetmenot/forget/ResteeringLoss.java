package dev.forgetmenot.forget;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.editing.AttentionNormLoss;
import dev.forgetmenot.editing.ConceptColumns;

/**
 * The loss of attention re-steering on one picture (Zhang et al., arXiv 2303.17591): the picture's
 * latents get noise, the UNet looks at them with the prompt, and what it attends to the concept is
 * the loss. For the engine thread.
 *
 * @param concept the concept's columns in the prompt
 */
record ResteeringLoss(DiffusionModel model, ConceptColumns concept) {
  /**
   * The loss.
   *
   * @param latents z (1, c, h, w); zeros for "no real image"
   * @param noise ε (1, c, h, w)
   * @param timestep t in [0, T)
   * @param context text embedding of the prompt (1, n, d)
   * @return (), of the manager of {@code latents}
   */
  NDArray of(NDArray latents, NDArray noise, int timestep, NDArray context) {
    AttentionNormLoss attention = new AttentionNormLoss(concept);
    try (NDArray noisy = model.noiseSchedule().addNoise(latents, noise, new int[] {timestep});
        NDArray prediction =
            model.predict(
                noisy, new double[] {timestep}, context, AttentionHooks.observing(attention))) {
      NDArray loss = attention.take();
      loss.attach(prediction.getManager());
      return loss;
    }
  }
}
