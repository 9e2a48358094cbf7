package dev.forgetmenot.patching.gate;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PromptGate;
import dev.forgetmenot.patching.library.PatchTags;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What prompts make of the patches on a model: those that they name by {@link PatchTags} are put on
 * as well, and those with a gate at the strength of their request times the share that the gate
 * lets through. For the engine thread.
 *
 * @param prompt with its tags
 * @param negativePrompt with its tags
 */
public record PromptPatches(String prompt, String negativePrompt) {
  /**
   * Whether a model has to be patched anew to draw the prompts.
   *
   * @throws IllegalArgumentException if a tag is not understood
   */
  public boolean concern(PatchedModel model) {
    return !tags().isEmpty()
        || model.patches().stream().anyMatch(request -> gate(request).isPresent());
  }

  /**
   * Puts the patches on the model that it is to have while the prompts are drawn.
   *
   * @throws IOException if a patch is not there, or does not fit
   */
  public void putOn(PatchedModel model) throws IOException {
    List<PatchRequest> wanted = new ArrayList<>(model.patches());
    for (PatchTags.Tag tag : tags()) {
      wanted.add(named(tag, model));
    }
    if (wanted.stream().anyMatch(request -> gate(request).isPresent())) {
      if (wanted.stream().anyMatch(PromptPatches::changesText)) {
        model.repatch(List.of()); // closeness is measured on the base
      }
      PromptSimilarity similarity = new PromptSimilarity(model);
      wanted.replaceAll(request -> gated(request, similarity, model));
    }
    model.repatch(wanted);
  }

  private static PatchRequest named(PatchTags.Tag tag, PatchedModel model) throws IOException {
    try {
      return model.named(tag.name(), tag.strength());
    } catch (IOException e) {
      if (!tag.lora()) {
        throw e;
      }
      throw new IOException(
          Message.of(
              "%s. A LoRA file becomes a patch of that name once for all by: fmn patch import"
                  + " %s.safetensors -o patches/%s.fmnpatch",
              e.getMessage(), tag.name(), tag.name()),
          e);
    }
  }

  private List<PatchTags.Tag> tags() {
    List<PatchTags.Tag> tags = new ArrayList<>(PatchTags.of(prompt).tags());
    tags.addAll(PatchTags.of(negativePrompt).tags());
    return tags;
  }

  private static Optional<PromptGate> gate(PatchRequest request) {
    return request.open().flatMap(patch -> patch.manifest().gate());
  }

  private static boolean changesText(PatchRequest request) {
    return request.open().stream()
        .flatMap(patch -> patch.manifest().edits().stream())
        .anyMatch(edit -> edit.component().startsWith("text_encoder"));
  }

  private PatchRequest gated(
      PatchRequest request, PromptSimilarity similarity, PatchedModel model) {
    if (gate(request).isEmpty()) {
      return request;
    }
    PromptGate gate = gate(request).get();
    Manifest manifest = request.open().orElseThrow().manifest();
    double closeness =
        similarity.closeness(
            List.of(PatchTags.of(prompt).prompt(), PatchTags.of(negativePrompt).prompt()),
            manifest);
    PatchRequest at = request.at(request.strength() * gate.share(closeness));
    model.say(
        Message.of(
            "%s@%s: closeness of the prompt %.3f, gate %.3g to %.3g: strength %.3g of %.3g",
            manifest.name(),
            manifest.patchVersion(),
            closeness,
            gate.from(),
            gate.to(),
            at.strength(),
            request.strength()));
    return at;
  }
}
