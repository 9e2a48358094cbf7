package dev.forgetmenot.editing.planted;

import dev.forgetmenot.diffusion.pipeline.StableDiffusion;

/** Planted for ArchitectureTest: editors know the API alone. */
@SuppressWarnings("unused") // its type is what counts
final class EditingUsesDiffusion {
  private StableDiffusion field;
}
