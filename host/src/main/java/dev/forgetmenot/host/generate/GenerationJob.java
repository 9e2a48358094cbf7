package dev.forgetmenot.host.generate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import java.util.List;

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
   * @throws java.util.concurrent.CancellationException if the user stopped the job
   */
  public List<RgbImage> draw(GenerationRequest request, String stage, StepListener listener) {
    sayWhatIsCut(request.prompt(), "prompt");
    sayWhatIsCut(request.negativePrompt(), "negative prompt");
    context.progress(stage, 0, request.steps());
    return model.generate(
        request,
        (step, of, timestep, preview) -> {
          context.progress(stage, step, of);
          listener.step(step, of, timestep, preview);
        },
        context::cancelled);
  }

  private void sayWhatIsCut(String prompt, String what) {
    String cut = model.tokenize(prompt).cut();
    if (!cut.isEmpty()) {
      context.say("The " + what + " is too long for the model; it does not see: \"" + cut + "\"");
    }
  }
}
