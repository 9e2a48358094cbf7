package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.PatchRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The patches on a model: those that the user asked for, and those that extensions put on in their
 * place while images are drawn. For the engine thread.
 */
final class AppliedPatches {
  private PatchSession session;
  private List<ModelExtension> appliers;
  private List<PatchRequest> requested;
  private final Set<String> said = new HashSet<>(); // about the request that is drawn
  private StepListener listener; // null while nothing is drawn

  /**
   * Puts the first patches on.
   *
   * @throws IOException if one does not fit
   */
  AppliedPatches(PatchSession base, List<PatchRequest> requests, List<ModelExtension> appliers)
      throws IOException {
    this.session = base.then(requests, appliers);
    this.requested = requests;
    this.appliers = appliers;
  }

  /** The same appliers put other patches on. */
  void replace(List<PatchRequest> requests) throws IOException {
    replace(requests, appliers);
  }

  /**
   * Puts others on; while images are drawn, until the end of the drawing.
   *
   * @throws IOException if one does not fit; those that were on are on still
   */
  void replace(List<PatchRequest> requests, List<ModelExtension> by) throws IOException {
    if (listener == null) {
      session = session.then(requests, by);
      requested = List.copyOf(requests);
      appliers = by;
    } else if (!requests.equals(on())) {
      session = session.then(requests, by);
    }
  }

  /** What the user asked for. */
  List<PatchRequest> requested() {
    return requested;
  }

  /** What is on the model now. */
  List<PatchRequest> on() {
    return session.patches();
  }

  List<String> descriptions() {
    return session.descriptions();
  }

  /** Passes a line on to who sees the drawing, each line once. */
  void say(String line) {
    if (listener != null && said.add(line)) {
      listener.said(line);
    }
  }

  /** Draws, and puts back the patches that extensions took off. */
  <T> T during(StepListener seeing, Supplier<T> draw) {
    listener = seeing;
    said.clear();
    try {
      return draw.get();
    } finally {
      end();
    }
  }

  private void end() {
    try {
      replace(requested);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      listener = null;
    }
  }
}
