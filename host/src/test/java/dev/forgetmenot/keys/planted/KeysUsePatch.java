package dev.forgetmenot.keys.planted;

import dev.forgetmenot.patch.PatchFile;

/** Planted for ArchitectureTest: keys know no patch. */
@SuppressWarnings("unused") // its type is what counts
final class KeysUsePatch {
  private PatchFile field;
}
