package dev.forgetmenot.host.generate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.files.Message;
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
    return model.generate(request, new Progress(stage, listener), context::cancelled);
  }

  /**
   * Draws requests that differ in prompts, seed and count alone, in batches that they share.
   *
   * @return the images of each
   */
  public List<List<RgbImage>> drawTogether(List<GenerationRequest> requests, String stage) {
    context.progress(stage, 0, requests.get(0).steps());
    requests.forEach(this::sayLengths);
    StepListener shown = (step, of, timestep, preview) -> context.progress(stage, step, of);
    return model.generate(requests, shown, context::cancelled);
  }

  private final class Progress implements StepListener {
    private final String stage;
    private final StepListener listener;

    private Progress(String stage, StepListener listener) {
      this.stage = stage;
      this.listener = listener;
    }

    @Override
    public void begins(GenerationRequest drawn, List<PatchRequest> patches) {
      requireNoTags(drawn);
      sayLengths(drawn);
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
  }

  private void sayLengths(GenerationRequest drawn) {
    sayLength(drawn.prompt(), "prompt", drawn.promptWeights());
    sayLength(drawn.negativePrompt(), "negative prompt", drawn.promptWeights());
    drawn.secondPrompt().ifPresent(text -> sayLength(text, "second prompt", drawn.promptWeights()));
    drawn
        .secondNegativePrompt()
        .ifPresent(text -> sayLength(text, "second negative prompt", drawn.promptWeights()));
  }

  /** Tags that are left would be drawn as words. */
  private static void requireNoTags(GenerationRequest drawn) {
    String second = drawn.secondPrompt().orElse("") + drawn.secondNegativePrompt().orElse("");
    if (!PatchTags.of(second).tags().isEmpty()) {
      throw new IllegalArgumentException(
          "the second prompt names a patch; a patch is put on both text encoders, by its name in"
              + " the first prompt");
    }
    if (!PatchTags.of(drawn.prompt() + drawn.negativePrompt()).tags().isEmpty()) {
      throw new UncheckedIOException(
          new IOException(
              "the prompt names a patch, and plugin-patch, which puts it on the model, is missing:"
                  + " put its jar into the plugins folder ('fmn plugins' lists what is there)"));
    }
  }

  private void sayLength(String prompt, String what, boolean chunked) {
    if (chunked) {
      int chunks = model.promptChunks(prompt);
      if (chunks > 1) {
        context.say(Message.of("The %s is read in %d chunks of 75 tokens", what, chunks));
      }
      return;
    }
    TokenizedPrompt tokens = model.tokenize(prompt);
    String cut = tokens.cut();
    if (!cut.isEmpty()) {
      context.say("The " + what + " is too long for the model; it does not see: \"" + cut + "\"");
    }
    for (int i = 0; i < tokens.others().size(); i++) {
      String other = tokens.others().get(i).cut();
      if (!other.equals(cut)) {
        context.say(
            Message.of(
                "The %s is read otherwise by the model's text encoder %s, which %s",
                what,
                i + 2,
                other.isEmpty() ? "sees all of it" : "does not see: \"" + other + "\""));
      }
    }
  }
}
