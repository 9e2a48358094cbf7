package dev.forgetmenot.api.sampling;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.ModelView;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.api.model.TextCondition;
import java.io.IOException;
import java.util.Optional;
import org.pf4j.ExtensionPoint;

/**
 * Extension point: takes part in making an image. The host asks every extension, in the order of
 * plugin ids, once at the beginning of each generation; the run that it returns lives for that
 * generation only. That holds for what users draw and for what editors draw. A generation is a
 * batch of the images of one request. All methods are called on the engine thread.
 */
public interface SamplingExtension extends ExtensionPoint {
  /**
   * Whether it takes part in a generation; if not, it is not asked to begin. Requests in which no
   * extension takes part share batches.
   *
   * @param request what is drawn
   */
  default boolean takesPart(GenerationRequest request, PatchedModel model) {
    return true;
  }

  /**
   * Begins to take part in one generation. May put other patches on the model, see {@link
   * PatchedModel#repatch}; must not draw or train with it.
   *
   * @param request what is drawn
   * @param model the model with the patches that are on it; usable until the run is closed. Do not
   *     keep it: the next generation gets one of its own
   * @throws IOException if the request cannot be drawn, such as for a patch that is not there
   */
  Run begin(GenerationRequest request, PatchedModel model) throws IOException;

  /**
   * One generation, seen by one extension.
   *
   * <p>Arrays, for all hooks alike, those of the attention included: the host owns what it passes
   * in and what is returned, and closes both. A hook returns the array that it was given or a new
   * one of the same shape; it closes neither, and keeps a {@code duplicate()} of what it needs
   * later, which it closes in {@link #close}. Arrays of its own between the two are its own to
   * close.
   *
   * <p>Letters: b images, n tokens (77 for each chunk of the prompt), d width of the text
   * embedding, c h w channels, height and width of latents.
   *
   * <p>Order within a step: {@link #attention}, the UNet, {@link #guidance}, {@link #modelOutput},
   * the sampler's step, {@link #latents}. Where several extensions take part, each gets what the
   * one before returned.
   */
  interface Run extends AutoCloseable {
    /** The prompt to use instead; called for both prompts, before either is encoded. */
    default String prompt(String prompt, boolean negative) {
      return prompt;
    }

    /**
     * The condition of the UNet instead; called for the prompt and, where the request is guided,
     * for the negative prompt.
     *
     * @param condition of one prompt (b is 1)
     * @return the given one, or one with other arrays of the same shapes; arrays of the given one
     *     may be part of it
     */
    default TextCondition textCondition(TextCondition condition, boolean negative) {
      return condition;
    }

    /** Who looks at the attention or changes it in the given step, counted from 0. */
    default AttentionHooks attention(int step) {
      return AttentionHooks.NONE;
    }

    /**
     * Combines the two predictions of guided sampling in place of classifier-free guidance. Called
     * only where the request is guided, with a scale above 1 and in a step of its guidance
     * interval. The first extension that returns an array decides, and later ones are not asked;
     * where all return empty the host computes {@code unconditional + scale · (conditional −
     * unconditional)} (Ho and Salimans, arXiv 2207.12598).
     *
     * @param step counted from 0
     * @param unconditional (b, c, h, w), predicted with the negative prompt
     * @param conditional (b, c, h, w), predicted with the prompt
     * @param scale the request's guidance
     * @return the combined prediction (b, c, h, w), or empty to leave it to others
     */
    default Optional<NDArray> guidance(
        int step, NDArray unconditional, NDArray conditional, double scale) {
      return Optional.empty();
    }

    /**
     * The prediction that the sampler is to get instead, after guidance: noise, velocity or sample,
     * as {@link ModelView#noiseSchedule} says.
     *
     * @param step counted from 0
     * @param output (b, c, h, w)
     */
    default NDArray modelOutput(int step, NDArray output) {
      return output;
    }

    /**
     * The latents to go on with after a step.
     *
     * @param step counted from 0
     * @param latents (b, c, h, w)
     */
    default NDArray latents(int step, NDArray latents) {
      return latents;
    }

    /** Frees what the run keeps. */
    @Override
    default void close() {}
  }
}
