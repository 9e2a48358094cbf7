package dev.forgetmenot.diffusion.planted;

import ai.djl.pytorch.engine.PtNDArray;

/** Planted for ArchitectureTest: PyTorch is seen in the package engine alone. */
@SuppressWarnings("unused") // its type is what counts
final class UsesPyTorch {
  private PtNDArray field;
}
