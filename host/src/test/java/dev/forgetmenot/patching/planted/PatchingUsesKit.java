package dev.forgetmenot.patching.planted;

import dev.forgetmenot.kit.solve.SolverEditor;

/** Planted for ArchitectureTest: a library of patches knows no editor. */
@SuppressWarnings("unused") // its type is what counts
final class PatchingUsesKit {
  private SolverEditor field;
}
