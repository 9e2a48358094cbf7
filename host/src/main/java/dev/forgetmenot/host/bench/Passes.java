package dev.forgetmenot.host.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Single passes of a model's networks on noise, each timed.
 *
 * @param model stays open
 */
record Passes(StableDiffusion model) {
  private static final int SMALLEST = 8;
  private static final double MIDDLE = 500;

  /** Seconds of a pass of the text encoder, the UNet and the decoder, all as small as can be. */
  double smallest() {
    long begin = System.nanoTime();
    predict(1, SMALLEST, SMALLEST, 1);
    decode(SMALLEST, SMALLEST);
    return since(begin);
  }

  /**
   * Seconds of the best of some predictions.
   *
   * @param batch of latents
   * @param height of latents
   * @param width of latents
   */
  double predict(int batch, int height, int width, int runs) {
    return model
        .engine()
        .call(
            () -> {
              List<TokenizedPrompt> prompts =
                  Collections.nCopies(batch, model.tokenize("a photo of a lighthouse"));
              double[] timesteps = new double[batch];
              Arrays.fill(timesteps, MIDDLE);
              double best = Double.MAX_VALUE;
              try (NDManager manager = model.newManager();
                  TextCondition condition = model.encodePrompts(prompts)) {
                NDArray noise =
                    manager.randomNormal(new Shape(batch, model.latentShape()[0], height, width));
                for (int run = 0; run < runs; run++) {
                  long begin = System.nanoTime();
                  try (NDArray predicted =
                      model.predict(noise, timesteps, condition, AttentionHooks.NONE)) {
                    predicted.toFloatArray();
                  }
                  best = Math.min(best, since(begin));
                }
              }
              return best;
            });
  }

  /** Seconds of decoding one image from latents of a size. */
  double decode(int height, int width) {
    return model
        .engine()
        .call(
            () -> {
              try (NDManager manager = model.newManager()) {
                NDArray noise =
                    manager.randomNormal(new Shape(1, model.latentShape()[0], height, width));
                long begin = System.nanoTime();
                model.decodeLatents(noise);
                return since(begin);
              }
            });
  }

  static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
