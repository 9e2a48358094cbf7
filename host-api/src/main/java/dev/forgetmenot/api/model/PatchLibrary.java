package dev.forgetmenot.api.model;

import java.io.IOException;

/** Finds patches that are named while a model is used, such as in a prompt. */
@FunctionalInterface
public interface PatchLibrary {
  /** Knows no patch. */
  PatchLibrary NONE =
      (name, strength) -> {
        throw new IOException(
            "the patch '"
                + name
                + "' is named in a prompt, and patches are not looked up by name here; put it on"
                + " the model instead");
      };

  /**
   * The patch of a name.
   *
   * @return with its open patch, which stays open as long as the library
   * @throws IOException if there is none, or it is broken or not trusted
   */
  PatchRequest named(String name, double strength) throws IOException;
}
