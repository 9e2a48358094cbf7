package dev.forgetmenot.api.model;

import java.util.List;

/** What a {@link ModelExtension} gets. */
public interface LoadedModel {
  /** The weights, to read and replace. */
  NamedWeights weights();

  /** The base as its files hold it. */
  BaseTensors base();

  /** SHA-256 of vocab.json and merges.txt, hex, in this order. */
  List<String> tokenizerDigests();

  /**
   * Adds a token that stays as long as the model.
   *
   * @param token its name in prompts, without white space
   * @param vectors one or several of d finite numbers
   * @throws IllegalArgumentException if the name is there already or a vector does not fit
   */
  void addToken(String token, float[][] vectors);

  /**
   * The kind of model as the manifests of patches name it: {@code stable-diffusion-v1}, {@code
   * stable-diffusion-v2-512}, {@code stable-diffusion-v2-768-v}, or {@code other} for other sizes.
   */
  String architecture();

  /** The patches that the user asked for, in order. */
  List<PatchRequest> patches();

  /** Says that a request was carried out; a request that nobody takes is an error of the host. */
  void taken(PatchRequest request, String description);
}
