package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.layer.Linear;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import java.util.IdentityHashMap;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The inputs that are known before the first step of a generation, the condition and all timesteps,
 * and what layers make of them alone: the keys and values of the prompts, and the shifts by which
 * residual blocks know the time. Each is computed when it is first needed, for all steps at once,
 * and anew after its layer's weights have become others. Layers whose weights may change in place,
 * as those of a training do, keep nothing. {@link #close} frees what was kept; the condition stays
 * the caller's, who leaves its values as they are. For the engine thread.
 *
 * <p>Of SD 1.5 the keys and values of one prompt take 7.7 MB, the shifts of 20 steps 2 MB.
 */
public final class FixedInputs implements AutoCloseable {
  private final TextCondition condition;
  private final double[] timesteps;
  private final IdentityHashMap<Object, Kept> kept = new IdentityHashMap<>(); // by who made it

  private record Kept(NDArray array, long version) {}

  /**
   * Keeps nothing yet.
   *
   * @param condition b rows for b latents
   * @param timesteps one for each step
   */
  public FixedInputs(TextCondition condition, double[] timesteps) {
    this.condition = condition;
    this.timesteps = timesteps.clone();
  }

  TextCondition condition() {
    return condition;
  }

  /** A layer's output, kept where the input is the context. */
  ModelParameter.Use linear(Linear layer, NDArray x) {
    OptionalLong version = layer.version();
    return x == condition.context() && version.isPresent()
        ? new ModelParameter.Use(kept(layer, version.getAsLong(), () -> layer.forward(x)), false)
        : new ModelParameter.Use(layer.forward(x), true);
  }

  /**
   * A projection's output for the timestep of a step, counted from 0: (1, c), or (b, c) where the
   * rows of the condition are told more than the time.
   */
  ModelParameter.Use shift(Linear projection, TimestepEmbedding embedding, int step) {
    OptionalLong both = Linear.sum(embedding.version(), projection.version());
    if (both.isEmpty()) {
      try (NDArray time = embedding.ofSteps(condition, new double[] {timesteps[step]})) {
        return new ModelParameter.Use(projection.forward(time), true);
      }
    }
    NDArray times =
        kept(
            embedding,
            embedding.version().getAsLong(),
            () -> embedding.ofSteps(condition, timesteps));
    NDArray all = kept(projection, both.getAsLong(), () -> projection.forward(times));
    long rows = all.getShape().get(0) / timesteps.length;
    return new ModelParameter.Use(all.get(step * rows + ":" + (step + 1) * rows), true);
  }

  private NDArray kept(Object maker, long version, Supplier<NDArray> make) {
    Kept before = kept.get(maker);
    if (before != null && before.version() == version) {
      return before.array();
    }
    NDArray made = make.get();
    kept.put(maker, new Kept(made, version));
    if (before != null) {
      before.array().close();
    }
    return made;
  }

  /** Frees what layers made. */
  @Override
  public void close() {
    kept.values().forEach(one -> one.array().close());
    kept.clear();
  }
}
