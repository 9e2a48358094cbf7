/**
 * CLIP with both towers: how well an image and a text fit, and which of several texts fits best.
 *
 * <p>Letters: b batch, t number of texts, n tokens or patches, d width, e width of the common
 * space, H W of images. For the engine thread.
 */
package dev.forgetmenot.diffusion.clip;
