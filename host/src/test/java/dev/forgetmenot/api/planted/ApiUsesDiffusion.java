package dev.forgetmenot.api.planted;

import dev.forgetmenot.diffusion.pipeline.StableDiffusion;

/** Planted for ArchitectureTest: the API knows no implementation. */
@SuppressWarnings("unused") // its type is what counts
final class ApiUsesDiffusion {
  private StableDiffusion field;
}
