package dev.forgetmenot.patch.archive.planted;

import dev.forgetmenot.patch.edit.PatchEdit;

/** Planted for ArchitectureTest: an archive does not know what its entries mean. */
@SuppressWarnings("unused") // its type is what counts
final class ArchiveUsesEdit {
  private PatchEdit field;
}
