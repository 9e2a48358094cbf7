/**
 * Stable Diffusion as a whole: a folder becomes a model, a request becomes images.
 *
 * <p>Letters: b batch, n tokens of a prompt, d width of its embedding, c h w channels, height and
 * width of latents, H W of images.
 */
package dev.forgetmenot.diffusion.pipeline;
