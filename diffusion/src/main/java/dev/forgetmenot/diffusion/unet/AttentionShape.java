package dev.forgetmenot.diffusion.unet;

import dev.forgetmenot.diffusion.config.UNetConfig;

/**
 * How the attention of one resolution is made.
 *
 * @param heads number of heads
 * @param contextWidth width of the prompt's embedding
 * @param linearProjection linear layers instead of 1 × 1 convolutions around the blocks
 * @param normGroups groups of the norm
 */
record AttentionShape(int heads, int contextWidth, boolean linearProjection, int normGroups) {
  /** That of a resolution, 0 for the largest. */
  static AttentionShape of(UNetConfig config, int resolution) {
    return new AttentionShape(
        config.heads().get(resolution),
        config.crossAttentionDim().get(resolution),
        config.linearProjection(),
        config.normGroups());
  }
}
