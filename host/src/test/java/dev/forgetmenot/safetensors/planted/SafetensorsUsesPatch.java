package dev.forgetmenot.safetensors.planted;

import dev.forgetmenot.patch.PatchFile;

/** Planted for ArchitectureTest: safetensors is below patches. */
@SuppressWarnings("unused") // its type is what counts
final class SafetensorsUsesPatch {
  private PatchFile field;
}
