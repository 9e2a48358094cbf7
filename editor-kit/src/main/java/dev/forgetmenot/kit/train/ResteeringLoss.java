package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.training.ScalarOps;
import java.util.List;

/**
 * The loss of attention re-steering (Zhang et al., arXiv 2303.17591): the UNet looks at noisy
 * images with their prompts, as far as it attends to them, and what it attends to the concepts is
 * the loss. For the engine thread.
 *
 * @param value (), of the manager of the images
 * @param mass share of the attention that the concepts got, in [0, 1]
 * @param pixels of all layers and heads that one image has, by their weights
 */
public record ResteeringLoss(NDArray value, double mass, double pixels) {
  /**
   * Looks at a batch.
   *
   * @param noisy xₜ (b, c, h, w)
   * @param timesteps t, one for each of the batch
   * @param context of the prompts, b rows
   * @param watched columns and mask of each image
   */
  public static ResteeringLoss of(
      DiffusionModel model,
      NDArray noisy,
      double[] timesteps,
      TextCondition context,
      List<AttentionNormLoss.Watched> watched) {
    AttentionNormLoss attention = new AttentionNormLoss(watched);
    model.observe(noisy, timesteps, context, AttentionHooks.observing(attention));
    double mass = attention.mass();
    double pixels = attention.pixels();
    NDArray loss = attention.take();
    loss.attach(noisy.getManager());
    return new ResteeringLoss(loss, mass, pixels);
  }

  /**
   * The loss as a root mean square over the pixels, in [0, 1]: of the same size whatever the model,
   * so that another term can be weighed against it. Closes the value.
   *
   * @return (), of the manager of the value
   */
  public NDArray rootMeanSquare() {
    try (NDArray norm = value) {
      return ScalarOps.by(norm, 1 / Math.sqrt(pixels));
    }
  }
}
