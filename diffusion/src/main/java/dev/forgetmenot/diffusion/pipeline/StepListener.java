package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.List;
import java.util.function.Supplier;

/** Receives the progress of a generation. Called on the engine thread, which waits meanwhile. */
@FunctionalInterface
public interface StepListener {
  /** Does nothing. */
  StepListener NONE = (step, of, timestep, preview) -> {};

  /**
   * A request begins, before its first step.
   *
   * @param drawn the request with the prompts that sampling extensions made of its own
   * @param patches what is on the model while it is drawn
   */
  default void begins(GenerationRequest drawn, List<PatchRequest> patches) {}

  /** A sampling extension tells the user something. */
  default void said(String line) {}

  /**
   * A step has been taken.
   *
   * @param step number of steps taken, from 1; images that are drawn one batch after the other
   *     count on
   * @param of number of steps of the whole request
   * @param timestep the timestep that was run
   * @param preview decodes the first image of the batch as it is now; takes as long as an image at
   *     the end does; only to be called before the listener returns
   */
  void step(int step, int of, double timestep, Supplier<RgbImage> preview);
}
