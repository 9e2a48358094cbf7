package dev.forgetmenot.host.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Message;
import java.time.Duration;
import java.util.List;

/**
 * How long the UNet takes for one image of the model's own size, from which a lower bound for
 * larger images follows: convolutions grow with the pixels, self-attention with their square.
 *
 * @param pass one pass of the UNet on one image
 * @param side of that image in pixels
 */
public record StepTime(Duration pass, int side) {
  private static final int SMALLEST = 8;
  private static final double MIDDLE =
      500; // of the timesteps, of which none costs more than another

  /**
   * Measures a pass, after a small one for which the weights are read. Takes as long as half a step
   * of a guided image of the model's own size.
   */
  public static StepTime measure(StableDiffusion model) {
    int[] latents = model.latentShape();
    return model
        .engine()
        .call(
            () -> {
              try (NDManager manager = model.newManager();
                  TextCondition context = model.encodePrompts(List.of(model.tokenize("")))) {
                pass(model, manager, context, latents[0], Math.max(SMALLEST, latents[1] / 4));
                long start = System.nanoTime();
                pass(model, manager, context, latents[0], latents[1]);
                Duration pass = Duration.ofNanos(System.nanoTime() - start);
                return new StepTime(pass, model.imageSize());
              }
            });
  }

  private static void pass(
      StableDiffusion model, NDManager manager, TextCondition context, int channels, int side) {
    try (NDArray sample = manager.zeros(new Shape(1, channels, side, side));
        NDArray output =
            model.predict(sample, new double[] {MIDDLE}, context, AttentionHooks.NONE)) {
      output.toFloatArray(); // waits for a device that works on
    }
  }

  /** The least time of a request's sampling steps; without the autoencoder and without previews. */
  public Duration atLeast(GenerationRequest request, int width, int height) {
    double pixels = (double) width * height / ((double) side * side);
    int passes = request.guidance() > 1 ? 2 : 1;
    int steps =
        request
            .initial()
            .map(image -> InitialImage.taken(request.steps(), image.denoising()))
            .orElse(request.steps());
    double nanos = pass.toNanos() * pixels * passes * steps * request.count();
    return Duration.ofMillis((long) (nanos / 1e6));
  }

  /** For people, such as {@code 45 s}, {@code 12 min} or {@code 3.5 h}. */
  public static String said(Duration time) {
    double seconds = time.toMillis() / 1e3;
    if (seconds < 10) {
      return Message.of("%.1f s", seconds);
    }
    if (seconds < 120) {
      return Message.of("%.0f s", seconds);
    }
    return seconds < 7200
        ? Message.of("%.0f min", seconds / 60)
        : Message.of("%.1f h", seconds / 3600);
  }
}
