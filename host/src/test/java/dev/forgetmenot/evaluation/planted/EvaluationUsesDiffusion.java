package dev.forgetmenot.evaluation.planted;

import dev.forgetmenot.diffusion.pipeline.StableDiffusion;

/** Planted for ArchitectureTest: evaluations know no engine. */
@SuppressWarnings("unused") // its type is what counts
final class EvaluationUsesDiffusion {
  private StableDiffusion field;
}
