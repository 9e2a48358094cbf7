package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.BaseModel;
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
  private final BaseModel base;
  private final ModelWeights weights;
  private final ModelTokens tokens;
  private final List<PatchRequest> patches;
  private final List<PatchRequest> open;
  private final List<String> descriptions = new ArrayList<>();
  private final List<AddedTokens> added = new ArrayList<>();

  Loading(BaseModel base, ModelWeights weights, ModelTokens tokens, List<PatchRequest> patches) {
    this.base = base;
    this.weights = weights;
    this.tokens = tokens;
    this.patches = patches;
    this.open = new ArrayList<>(patches);
  }

  /** Lets the extensions look; where one refuses, the model is the base's. */
  void visit(List<ModelExtension> extensions) throws IOException {
    try {
      askAll(extensions);
    } catch (IOException | RuntimeException e) {
      undo();
      throw e;
    }
  }

  private void askAll(List<ModelExtension> extensions) throws IOException {
    for (ModelExtension extension : extensions) {
      extension.loaded(this);
    }
    if (!open.isEmpty()) {
      throw new IOException(
          "no plugin applies the patch "
              + open.get(0).file()
              + ": is the plugin that reads it there?");
    }
  }

  /** Makes the model the base's again: weights bit for bit, tokens gone. */
  void undo() {
    weights.restoreChanged();
    for (int i = added.size() - 1; i >= 0; i--) {
      added.get(i).close();
    }
    added.clear();
  }

  /** What the extensions said of the patches that they took. */
  List<String> descriptions() {
    return List.copyOf(descriptions);
  }

  @Override
  public NamedWeights weights() {
    return weights;
  }

  @Override
  public BaseModel base() {
    return base;
  }

  @Override
  public void addToken(String token, float[][] vectors) {
    added.add(tokens.add(Map.of(token, vectors)));
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
