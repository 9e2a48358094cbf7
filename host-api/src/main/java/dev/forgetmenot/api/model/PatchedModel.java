package dev.forgetmenot.api.model;

import java.io.IOException;
import java.util.List;

/** A loaded model whose patches can be exchanged for others while it is loaded. */
public interface PatchedModel extends DiffusionModel {
  /**
   * Puts other patches on the model in place of those that are on it: every {@link ModelExtension}
   * of the model sees it anew.
   *
   * @param requests in any order; empty for the base
   * @throws IOException if a patch does not fit; the model is then as it was, with the patches that
   *     were on it
   */
  void repatch(List<PatchRequest> requests) throws IOException;
}
