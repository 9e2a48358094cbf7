package dev.forgetmenot.patch.edit.planted;

import dev.forgetmenot.patch.PatchFile;

/** Planted for ArchitectureTest: an edit knows no file. */
@SuppressWarnings("unused") // its type is what counts
final class EditUsesPatchFile {
  private PatchFile field;
}
