package dev.forgetmenot.patch.planted;

import ai.djl.ndarray.NDArray;

/** Planted for ArchitectureTest: bytes need no engine. */
@SuppressWarnings("unused") // its type is what counts
final class PatchUsesArray {
  private NDArray field;
}
