package dev.forgetmenot.diffusion.planted;

import dev.forgetmenot.editing.stack.PatchStack;

/** Planted for ArchitectureTest: the library draws without patches. */
@SuppressWarnings("unused") // its type is what counts
final class DiffusionUsesEditing {
  private PatchStack field;
}
