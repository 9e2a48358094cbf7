package dev.forgetmenot.files.planted;

import dev.forgetmenot.safetensors.SafetensorsFile;

/** Planted for ArchitectureTest: files know no format. */
@SuppressWarnings("unused") // its type is what counts
final class FilesUseSafetensors {
  private SafetensorsFile field;
}
