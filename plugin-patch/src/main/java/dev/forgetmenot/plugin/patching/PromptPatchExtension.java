package dev.forgetmenot.plugin.patching;

import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.patching.gate.PromptPatches;
import dev.forgetmenot.patching.library.PatchTags;
import java.io.IOException;
import org.pf4j.Extension;

/**
 * Lets prompts decide about patches: takes {@code <patch:name:strength>} out of a prompt and puts
 * that patch on while the request is drawn, and sets the strengths of patches with a gate.
 */
@Extension
public final class PromptPatchExtension implements SamplingExtension {
  /** For the plugin manager. */
  public PromptPatchExtension() {}

  @Override
  public boolean takesPart(GenerationRequest request, PatchedModel model) {
    return patches(request).concern(model);
  }

  @Override
  public Run begin(GenerationRequest request, PatchedModel model) throws IOException {
    patches(request).putOn(model);
    return new Run() {
      @Override
      public String prompt(String prompt, boolean negative) {
        return PatchTags.of(prompt).prompt();
      }
    };
  }

  private static PromptPatches patches(GenerationRequest request) {
    return new PromptPatches(request.prompt(), request.negativePrompt());
  }
}
