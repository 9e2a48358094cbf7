package dev.forgetmenot.patching.stack.planted;

import dev.forgetmenot.patching.PatchSet;

/** Planted for ArchitectureTest: a patch set is built on stacks, not the other way round. */
@SuppressWarnings("unused") // its type is what counts
final class StackUsesPatchSet {
  private PatchSet field;
}
