package dev.forgetmenot.oci.planted;

import ai.djl.ndarray.NDArray;

/** Planted for OciArchitectureTest: short commands start no engine. */
@SuppressWarnings("unused") // its type is what counts
final class UsesEngine {
  private NDArray field;
}
