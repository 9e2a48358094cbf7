package dev.forgetmenot.api.model;

import java.io.IOException;
import java.util.List;

/** A loaded model whose patches can be exchanged for others while it is loaded. */
public interface PatchedModel extends DiffusionModel {
  /** The patches that were asked for, in order; not those that a sampling extension puts on. */
  List<PatchRequest> patches();

  /**
   * Puts other patches on the model in place of those that are on it: every {@link ModelExtension}
   * of the model sees it anew. Where a sampling extension calls this when a generation begins, it
   * holds until the request is drawn; then the patches that were asked for are put on again.
   *
   * @param requests in any order; empty for the base
   * @throws IOException if a patch does not fit; the model is then as it was, with the patches that
   *     were on it
   */
  void repatch(List<PatchRequest> requests) throws IOException;

  /**
   * The same by an extension of one's own, which takes the place of the model's from now on.
   *
   * @param applier says {@link PatchableModel#applied} of each request
   */
  void repatch(List<PatchRequest> requests, ModelExtension applier) throws IOException;

  /**
   * A patch by the name that a prompt has for it, as {@link PatchLibrary#named} finds it.
   *
   * @throws IOException if there is none, or it is not trusted
   */
  PatchRequest named(String patch, double strength) throws IOException;

  /** Tells the user about the generation that begins; a line is told once for each request. */
  void say(String line);
}
