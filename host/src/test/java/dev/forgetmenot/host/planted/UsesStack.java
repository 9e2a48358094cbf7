package dev.forgetmenot.host.planted;

import dev.forgetmenot.patching.stack.PatchStack;

/** Planted for ArchitectureTest: the program puts patches on through {@code PatchSet}. */
@SuppressWarnings("unused") // its type is what counts
final class UsesStack {
  private PatchStack field;
}
