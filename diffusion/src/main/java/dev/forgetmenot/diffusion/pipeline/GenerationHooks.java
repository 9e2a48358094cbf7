package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What takes part in a generation beside the model. */
record GenerationHooks(
    List<SamplingExtension> extensions,
    StepListener listener,
    BooleanSupplier cancelled,
    Inputs inputs) {
  GenerationHooks(
      List<SamplingExtension> extensions, StepListener listener, BooleanSupplier cancelled) {
    this(extensions, listener, cancelled, (timestep, input) -> {});
  }

  /** No extension, no listener, never cancelled. */
  static final GenerationHooks NONE =
      new GenerationHooks(List.of(), StepListener.NONE, () -> false);

  /**
   * Asked before each step and each image.
   *
   * @throws CancellationException if the user cancelled
   */
  void stopIfCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("stopped by the user");
    }
  }

  /** The same for one of several batches: steps count on. */
  GenerationHooks ofBatch(int index, int batches) {
    StepListener countingOn =
        new StepListener() {
          @Override
          public void begins(GenerationRequest drawn, List<PatchRequest> patches) {
            if (index == 0) {
              listener.begins(drawn, patches);
            }
          }

          @Override
          public void step(int step, int of, double timestep, Supplier<RgbImage> preview) {
            listener.step(index * of + step, batches * of, timestep, preview);
          }
        };
    return new GenerationHooks(extensions, countingOn, cancelled, inputs);
  }

  /** Receives the input of the UNet; the array belongs to the pipeline. */
  @FunctionalInterface
  interface Inputs {
    void input(double timestep, NDArray latents);
  }
}
