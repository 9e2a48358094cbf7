package dev.forgetmenot.diffusion.planted;

import dev.forgetmenot.patching.stack.PatchStack;

/** Planted for ArchitectureTest: the library draws without patches. */
@SuppressWarnings("unused") // its type is what counts
final class DiffusionUsesPatching {
  private PatchStack field;
}
