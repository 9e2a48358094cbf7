package dev.forgetmenot.patch.json.planted;

import dev.forgetmenot.patch.archive.PatchArchive;

/** Planted for ArchitectureTest: JSON is read without an archive. */
@SuppressWarnings("unused") // its type is what counts
final class JsonUsesArchive {
  private PatchArchive field;
}
