package dev.forgetmenot.diffusion.architecture;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.PredictionType;

/** The architecture of a model as a patch's manifest names it. */
final class ArchitectureLabel {
  private static final String CONTEXT_PROJECTION = ".attn2.to_k.weight";
  private static final String UNET = "unet";
  private static final String FIRST = "conv_in.weight";
  private static final String OTHER = "other";
  private static final int BASE_CHANNELS = 320;
  private static final int WIDTH_1 = 768;
  private static final int WIDTH_2 = 1024;
  private static final int WIDTH_XL = 2048;

  private ArchitectureLabel() {}

  /**
   * {@code stable-diffusion-v1}, {@code stable-diffusion-v2-512}, {@code
   * stable-diffusion-v2-768-v}, {@code stable-diffusion-xl-v1-base}, or {@code other} for models of
   * other sizes.
   */
  static String of(ModelArchitecture family, BaseTensors base, NoiseSchedule schedule) {
    long channels = base.shape(UNET, FIRST)[0];
    long width =
        base.names(UNET).stream()
            .filter(name -> name.endsWith(CONTEXT_PROJECTION))
            .mapToLong(name -> base.shape(UNET, name)[1])
            .findFirst()
            .orElse(0);
    if (family == ModelArchitecture.STABLE_DIFFUSION_XL) {
      return channels == BASE_CHANNELS && width == WIDTH_XL ? "stable-diffusion-xl-v1-base" : OTHER;
    }
    if (channels == BASE_CHANNELS && width == WIDTH_1) {
      return "stable-diffusion-v1";
    }
    if (channels == BASE_CHANNELS && width == WIDTH_2) {
      boolean velocity = schedule.predictionType() == PredictionType.V_PREDICTION;
      return velocity ? "stable-diffusion-v2-768-v" : "stable-diffusion-v2-512";
    }
    return OTHER;
  }
}
