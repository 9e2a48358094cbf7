package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDManager;
import java.util.stream.Stream;

/** The arrays that a loaded model holds. */
final class ModelArrays {
  private ModelArrays() {}

  /** How many its managers have now. */
  static int count(StableDiffusion sd) {
    ModelComponents parts = sd.pipeline().parts();
    return sd.engine()
        .call(
            () ->
                Stream.of(
                        parts.manager(),
                        parts.unet().weights().manager(),
                        parts.text().first().encoder().weights().manager(),
                        parts.vae().weights().manager())
                    .map(NDManager::getManagedArrays)
                    .mapToInt(arrays -> arrays.size())
                    .sum());
  }
}
