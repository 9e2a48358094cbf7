package dev.forgetmenot.api.sampling;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import org.pf4j.ExtensionPoint;

/**
 * The second door: takes part in making an image. The host asks every extension, in the order of
 * plugin ids, once at the beginning of each generation; the run that it returns lives for that
 * generation only. That holds for what users draw and for what editors draw. A generation is a
 * batch of the images of one request. All methods are called on the engine thread.
 */
public interface SamplingExtension extends ExtensionPoint {
  /** Begins to take part in one generation. */
  Run begin(GenerationRequest request);

  /** One generation, seen by one extension. */
  interface Run extends AutoCloseable {
    /** The prompt to use instead; called for the prompt and for the negative prompt. */
    default String prompt(String prompt, boolean negative) {
      return prompt;
    }

    /**
     * The text embedding to use instead.
     *
     * @param context (b, n, d); the host closes it and the result
     */
    default NDArray textEmbedding(NDArray context, boolean negative) {
      return context;
    }

    /** Who looks at the attention or changes it in the given step. */
    default AttentionHooks attention(int step) {
      return AttentionHooks.NONE;
    }

    /**
     * The latents to go on with after a step.
     *
     * @param latents (b, c, h, w); the host closes it and the result
     */
    default NDArray latents(int step, NDArray latents) {
      return latents;
    }

    /** Frees what the run keeps. */
    @Override
    default void close() {}
  }
}
