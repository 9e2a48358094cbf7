package dev.forgetmenot.plugin.planted;

import dev.forgetmenot.diffusion.pipeline.StableDiffusion;

/** Planted for ArchitectureTest: plugins know the API, not the implementation. */
@SuppressWarnings("unused") // its type is what counts
final class UsesDiffusion {
  private StableDiffusion field;
}
