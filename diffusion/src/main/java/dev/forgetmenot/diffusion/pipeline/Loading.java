package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.LoadedModel;
import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.api.model.PatchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A model while its extensions look at it, and who took which patch. For the engine thread. */
final class Loading implements LoadedModel {
  private final ModelParts parts;
  private final ModelWeights weights;
  private final ModelTokens tokens;
  private final List<PatchRequest> patches;
  private final List<PatchRequest> open;
  private final List<String> descriptions = new ArrayList<>();

  Loading(ModelParts parts, ModelWeights weights, ModelTokens tokens, List<PatchRequest> patches) {
    this.parts = parts;
    this.weights = weights;
    this.tokens = tokens;
    this.patches = patches;
    this.open = new ArrayList<>(patches);
  }

  /** Lets the extensions look; returns what they say of the patches that they took. */
  List<String> visit(List<ModelExtension> extensions) throws IOException {
    for (ModelExtension extension : extensions) {
      extension.loaded(this);
    }
    if (!open.isEmpty()) {
      throw new IOException(
          "no plugin applies the patch "
              + open.get(0).file()
              + ": is the plugin that reads it there?");
    }
    return List.copyOf(descriptions);
  }

  @Override
  public NamedWeights weights() {
    return weights;
  }

  @Override
  public BaseTensors base() {
    return parts.baseFiles();
  }

  @Override
  public List<String> tokenizerDigests() {
    return parts.tokenizerDigests();
  }

  @Override
  public void addToken(String token, float[][] vectors) {
    AddedTokens unused = tokens.add(Map.of(token, vectors)); // until the model is closed
  }

  @Override
  public List<PatchRequest> patches() {
    return patches;
  }

  @Override
  public void taken(PatchRequest request, String description) {
    if (!open.remove(request)) {
      throw new IllegalArgumentException("nobody asked for, or somebody took: " + request);
    }
    descriptions.add(description);
  }
}
