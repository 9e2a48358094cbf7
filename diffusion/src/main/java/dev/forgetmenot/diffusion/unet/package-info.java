/**
 * The UNet of Stable Diffusion (Rombach et al., arXiv 2112.10752), built as diffusers names it.
 *
 * <p>Letters: b batch, c channels, h w height and width of a feature map, p pixels of it, H heads,
 * n tokens of the prompt, d width, t width of the time embedding. All arrays FLOAT32. For the
 * engine thread.
 */
package dev.forgetmenot.diffusion.unet;
