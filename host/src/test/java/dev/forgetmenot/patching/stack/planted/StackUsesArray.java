package dev.forgetmenot.patching.stack.planted;

import ai.djl.ndarray.NDArray;

/** Planted for ArchitectureTest: stacks are computed without an engine. */
@SuppressWarnings("unused") // its type is what counts
final class StackUsesArray {
  private NDArray field;
}
