package dev.forgetmenot.kit.inversion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import java.util.Optional;

/**
 * What a diffusion model is trained with, on one image: the mean squared error between the UNet's
 * output and what it should predict. For the engine thread.
 */
public record InversionLoss(DiffusionModel model) {
  /**
   * The loss.
   *
   * @param latents z (1, c, h, w)
   * @param noise ε (1, c, h, w)
   * @param timestep t in [0, T)
   * @param context of the prompt (b is 1)
   * @param mask if there, prediction and target are multiplied by it
   * @return (), of the manager of {@code latents}
   */
  public NDArray of(
      NDArray latents,
      NDArray noise,
      int timestep,
      TextCondition context,
      Optional<LatentMask> mask) {
    int[] timesteps = {timestep};
    try (NDArray noisy = model.noiseSchedule().addNoise(latents, noise, timesteps);
        NDArray prediction =
            model.predict(noisy, new double[] {timestep}, context, AttentionHooks.NONE);
        NDArray target = target(latents, noise, timesteps)) {
      return mask.isPresent()
          ? masked(prediction, target, mask.get())
          : meanSquare(prediction, target);
    }
  }

  private NDArray target(NDArray latents, NDArray noise, int[] timesteps) {
    return switch (model.noiseSchedule().predictionType()) {
      case EPSILON -> noise.duplicate();
      case V_PREDICTION -> model.noiseSchedule().velocity(latents, noise, timesteps);
      case SAMPLE -> latents.duplicate();
    };
  }

  private static NDArray masked(NDArray prediction, NDArray target, LatentMask mask) {
    Shape shape = new Shape(1, 1, mask.height(), mask.width());
    try (NDArray wrapped = prediction.getManager().create(mask.weights(), shape);
        NDArray weights = wrapped.duplicate(); // the graph reads it: no Java buffer
        NDArray left = prediction.mul(weights);
        NDArray right = target.mul(weights)) {
      return meanSquare(left, right);
    }
  }

  private static NDArray meanSquare(NDArray left, NDArray right) {
    try (NDArray difference = left.sub(right);
        NDArray square = difference.square()) {
      return square.mean();
    }
  }
}
