package dev.forgetmenot.diffusion.vae;

import dev.forgetmenot.diffusion.config.VaeConfig;
import java.util.Locale;

/**
 * Whether images go through the autoencoder in tiles of its own size ({@link
 * VaeConfig#sampleSize}), which bounds its memory. Group norms and attention then see a tile alone,
 * so that images differ a little from those in one piece; docs/generating.md says by how much.
 */
public enum VaeTiling {
  /** Where the largest feature map would take more than {@link #LARGEST_MAP} bytes. */
  AUTO,
  /** All images that are larger than a tile. */
  ON,
  /** Never. */
  OFF;

  /**
   * Bytes of the largest feature map that is made in one piece. With SD 1.5 it is that of 886 × 886
   * pixels; in one piece 1024 × 1024 would need more than 8 GB.
   */
  static final long LARGEST_MAP = 3L << 28;

  /**
   * Whether an image is cut.
   *
   * @param height of the image in pixels
   * @param width of the image in pixels
   */
  public boolean cuts(VaeConfig config, long height, long width) {
    boolean larger = Math.max(height, width) > config.sampleSize();
    return switch (this) {
      case AUTO -> larger && largestMap(config, height, width) > LARGEST_MAP;
      case ON -> larger;
      case OFF -> false;
    };
  }

  /** The map that the decoder's last resolution begins with, as FLOAT32. */
  private static long largestMap(VaeConfig config, long height, long width) {
    int channels = config.blockOutChannels().get(Math.min(1, config.blockOutChannels().size() - 1));
    return Float.BYTES * height * width * channels;
  }

  /** As command lines name it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
