package dev.forgetmenot.api.model;

import java.util.List;

/** What a {@link ModelExtension} gets. */
public interface LoadedModel {
  /** The weights, to read and replace. */
  NamedWeights weights();

  /** The base as its files hold it. */
  BaseModel base();

  /**
   * Adds a token that stays as long as the model.
   *
   * @param token its name in prompts, without white space
   * @param vectors one or several of d finite numbers
   * @throws IllegalArgumentException if the name is there already or a vector does not fit
   */
  void addToken(String token, float[][] vectors);

  /** The patches that the user asked for, in order. */
  List<PatchRequest> patches();

  /** Says that a request was carried out; a request that nobody takes is an error of the host. */
  void taken(PatchRequest request, String description);
}
