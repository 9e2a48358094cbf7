package dev.forgetmenot.api.model;

import java.io.IOException;
import java.util.List;

/** What a {@link ModelExtension} gets. */
public interface PatchableModel {
  /** The values of a weight when they are needed. */
  @FunctionalInterface
  interface Values {
    /** The values, row-major; called at most once. */
    float[] get() throws IOException;
  }

  /** The weights, to read and replace. */
  NamedWeights weights();

  /**
   * Replaces the values of a weight. When the model holds them already since an earlier look, they
   * are neither asked for nor written.
   *
   * @param name full name
   * @param origin names all that the values come from beside the base: the same text, the same bits
   * @param values asked for at most once, before this returns
   * @throws IOException if the values cannot be had
   */
  void replace(String name, String origin, Values values) throws IOException;

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

  /**
   * Says that a request was carried out; a request that no extension takes is an error of the host.
   */
  void applied(PatchRequest request, String description);
}
