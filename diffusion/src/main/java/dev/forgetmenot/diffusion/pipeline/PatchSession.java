package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchableModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model while its extensions look at it, and who took which patch. What they do takes the place
 * of what an earlier look did: a weight that would get the same values again is left alone, one
 * that no extension changes any more gets the base's, and when an extension refuses, all is as it
 * was. For the engine thread.
 */
final class PatchSession implements PatchableModel {
  private final BaseModel base;
  private final ModelWeights weights;
  private final PatchTokens tokens;
  private final List<PatchRequest> patches;
  private final List<PatchRequest> open;
  private final List<String> descriptions = new ArrayList<>();
  private final Set<String> placed = new HashSet<>();
  private WeightTransaction rewrite; // null when no extension looks

  /** A model that no extension has seen. */
  PatchSession(BaseModel base, ModelWeights weights, TextualInversionLoader tokens) {
    this(base, weights, PatchTokens.none(tokens), List.of());
  }

  private PatchSession(
      BaseModel base, ModelWeights weights, PatchTokens tokens, List<PatchRequest> patches) {
    this.base = base;
    this.weights = weights;
    this.tokens = tokens;
    this.patches = List.copyOf(patches);
    this.open = new ArrayList<>(patches);
  }

  /**
   * Lets the extensions look at the model anew.
   *
   * @return what is on the model from now on
   * @throws IOException if one refuses: what was on the model is still on it, bit for bit
   */
  PatchSession then(List<PatchRequest> requests, List<ModelExtension> extensions)
      throws IOException {
    PatchSession next = new PatchSession(base, weights, tokens.next(), requests);
    next.visit(extensions);
    return next;
  }

  private void visit(List<ModelExtension> extensions) throws IOException {
    try (WeightTransaction all = new WeightTransaction(weights)) {
      rewrite = all;
      // Trained, or replaced without saying of what: its origin would be unknown later.
      restore(name -> weights.parameter(name).state().origin().isEmpty());
      askAll(extensions);
      restore(name -> !placed.contains(name));
      tokens.takeOffTheRest();
      all.commit();
    } catch (IOException | RuntimeException e) {
      tokens.undo();
      throw e;
    } finally {
      rewrite = null;
    }
  }

  private void restore(java.util.function.Predicate<String> which) {
    weights.changed().stream().filter(which).forEach(rewrite::restore);
  }

  private void askAll(List<ModelExtension> extensions) throws IOException {
    for (ModelExtension extension : extensions) {
      extension.loaded(this);
    }
    if (!open.isEmpty()) {
      throw new IOException(
          open.get(0).file()
              + " was not put on the model: plugin-patch is missing. Put its jar into the plugins"
              + " folder ('fmn plugins' lists what is there); a program of your own uses PatchSet");
    }
  }

  /** What the extensions said of the patches that they took. */
  List<String> descriptions() {
    return List.copyOf(descriptions);
  }

  @Override
  public NamedWeights weights() {
    return new Watched();
  }

  @Override
  public void replace(String name, String origin, Values values) throws IOException {
    if (!weights.parameter(name).state().origin().equals(Optional.of(origin))) {
      looking().replace(name, values.get(), Optional.of(origin));
    }
    placed.add(name);
  }

  @Override
  public BaseModel base() {
    return base;
  }

  @Override
  public void addToken(String token, float[][] vectors) {
    looking();
    tokens.add(token, vectors);
  }

  @Override
  public List<PatchRequest> patches() {
    return patches;
  }

  @Override
  public void applied(PatchRequest request, String description) {
    if (!open.remove(request)) {
      throw new IllegalArgumentException(
          "this patch was not requested or is already applied: " + request);
    }
    descriptions.add(description);
  }

  private WeightTransaction looking() {
    if (rewrite == null) {
      throw new IllegalStateException(
          "a model can be changed through this view only while it is being loaded");
    }
    return rewrite;
  }

  /** The weights as they will be: what only the stack before changed is the base's already. */
  private final class Watched implements NamedWeights {
    @Override
    public Set<String> names() {
      return weights.names();
    }

    @Override
    public long[] shape(String name) {
      return weights.shape(name);
    }

    @Override
    public float[] current(String name) {
      return weights.parameter(name).changed() && !placed.contains(name) && rewrite != null
          ? base(name)
          : weights.current(name);
    }

    @Override
    public float[] base(String name) {
      return weights.base(name);
    }

    @Override
    public void replace(String name, float[] values) {
      looking().replace(name, values, Optional.empty());
      placed.add(name);
    }

    @Override
    public void restore(String name) {
      looking().restore(name);
      placed.add(name);
    }
  }
}
