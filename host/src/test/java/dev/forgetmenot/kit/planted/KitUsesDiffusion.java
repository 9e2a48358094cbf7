package dev.forgetmenot.kit.planted;

import dev.forgetmenot.diffusion.pipeline.StableDiffusion;

/** Planted for ArchitectureTest: editors know the API alone. */
@SuppressWarnings("unused") // its type is what counts
final class KitUsesDiffusion {
  private StableDiffusion field;
}
