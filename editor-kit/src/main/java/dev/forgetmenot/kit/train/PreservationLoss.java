package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.ScalarOps;
import dev.forgetmenot.api.training.TrainingScope;
import java.util.ArrayList;
import java.util.List;

/**
 * What must not change: weight · mean (ε_θ(x, t, c′) − ε_θ₀(x, t, c′))², where θ₀ is the base and
 * c′ one of the kept prompts, all of which take turns. {@link #close} frees the embeddings. For the
 * engine thread.
 */
public final class PreservationLoss implements AutoCloseable {
  private static final long OWN_ORDER = 0x6b657074; // not the order in which images come

  private final DiffusionModel model;
  private final PromptEmbeddings kept;
  private final double weight;
  private final long seed;

  /**
   * Keeps prompts.
   *
   * @param prompts none for no term at all
   * @param weight of the term in the loss
   * @param seed decides which prompt is looked at when
   */
  public PreservationLoss(
      DiffusionModel model, List<TokenizedPrompt> prompts, double weight, long seed) {
    this.model = model;
    this.kept = new PromptEmbeddings(model, prompts);
    this.weight = weight;
    this.seed = seed;
  }

  /** Whether there is anything to keep. */
  public boolean wanted() {
    return kept.size() > 0;
  }

  /**
   * Adds the term to a loss.
   *
   * @param loss (); closed unless it is the result
   * @param scope must keep the base, if there is anything to keep
   * @param noisy xₜ (b, c, h, w)
   * @param timesteps t, one for each of the batch
   * @param draw number of the batch, from 0
   * @return (), of the manager of the loss
   */
  public NDArray add(
      NDArray loss, TrainingScope scope, NDArray noisy, double[] timesteps, int draw) {
    if (!wanted()) {
      return loss;
    }
    TextCondition context = kept.batch(noisy.getManager(), prompts(draw, timesteps.length));
    NDArray base =
        scope.withBase(() -> model.predict(noisy, timesteps, context, AttentionHooks.NONE));
    NDArray now = model.predict(noisy, timesteps, context, AttentionHooks.NONE);
    try (NDArray square = MseLoss.meanSquare(now, base);
        NDArray term = ScalarOps.by(square, weight);
        loss) {
      return loss.add(term);
    }
  }

  private List<Integer> prompts(int draw, int size) {
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      indices.add(StepRng.ofImage(seed ^ OWN_ORDER, draw, size, i).image(kept.size()));
    }
    return indices;
  }

  @Override
  public void close() {
    kept.close();
  }
}
