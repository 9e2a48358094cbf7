package dev.forgetmenot.host.planted;

import ai.djl.ndarray.NDArray;

/** Planted for ArchitectureTest: no static holds an array. */
@SuppressWarnings("unused") // its type is what counts
final class KeepsAnArray {
  private static NDArray kept;
}
