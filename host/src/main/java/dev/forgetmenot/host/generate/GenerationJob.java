package dev.forgetmenot.host.generate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.patching.library.PatchTags;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Draws the images of a request, with progress and cancellation between steps.
 *
 * @param model the loaded model
 * @param context progress and cancellation
 */
public record GenerationJob(StableDiffusion model, JobContext context) {
  /**
   * Draws.
   *
   * @param stage what the progress is called
   * @param listener is called after each step beside the progress, on the engine thread
   * @return one image a seed
   * @throws IllegalArgumentException if the request does not fit the model
   * @throws UncheckedIOException if the prompt names a patch that cannot be put on
   * @throws java.util.concurrent.CancellationException if the user stopped the job
   */
  public List<RgbImage> draw(GenerationRequest request, String stage, StepListener listener) {
    context.progress(stage, 0, request.steps());
    return model.generate(
        request,
        new StepListener() {
          @Override
          public void begins(GenerationRequest drawn, List<PatchRequest> patches) {
            requireNoTags(drawn);
            sayWhatIsCut(drawn.prompt(), "prompt");
            sayWhatIsCut(drawn.negativePrompt(), "negative prompt");
            listener.begins(drawn, patches);
          }

          @Override
          public void said(String line) {
            context.say(line);
          }

          @Override
          public void step(int step, int of, double timestep, Supplier<RgbImage> preview) {
            context.progress(stage, step, of);
            listener.step(step, of, timestep, preview);
          }
        },
        context::cancelled);
  }

  /** Tags that are left would be drawn as words. */
  private static void requireNoTags(GenerationRequest drawn) {
    if (!PatchTags.of(drawn.prompt() + drawn.negativePrompt()).tags().isEmpty()) {
      throw new UncheckedIOException(
          new IOException(
              "the prompt names a patch, and plugin-patch, which puts it on the model, is missing:"
                  + " put its jar into the plugins folder ('fmn plugins' lists what is there)"));
    }
  }

  private void sayWhatIsCut(String prompt, String what) {
    String cut = model.tokenize(prompt).cut();
    if (!cut.isEmpty()) {
      context.say("The " + what + " is too long for the model; it does not see: \"" + cut + "\"");
    }
  }
}
