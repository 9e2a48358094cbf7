package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.InputGradients.Embedded;
import java.util.List;

/**
 * The networks of a model as gradients run through them: from token embeddings to a condition, and
 * from a condition to a prediction. What they make of arrays with a graph has one, and belongs to
 * the manager of those; the caller closes it. For the engine thread.
 */
public interface DifferentiableModel {
  /** The rows of prompts' tokens before positions are added. */
  Embedded embed(List<TokenizedPrompt> prompts);

  /**
   * What text encoders make of rows, which stay open.
   *
   * @throws IllegalArgumentException if the shape does not fit
   */
  TextCondition encode(Embedded text);

  /**
   * What the UNet predicts; arguments stay open.
   *
   * @param latents (b, c, h, w)
   * @param timesteps one for each of the batch
   * @param condition of a batch of b; sizes that it lacks are those of whole images
   * @return (b, c, h, w)
   * @throws IllegalArgumentException if shapes do not fit each other or the model
   */
  NDArray predict(NDArray latents, double[] timesteps, TextCondition condition);
}
