/**
 * The autoencoder between images and latents.
 *
 * <p>Letters: b batch, c channels, h w of a feature map or of latents, H W of images. For the
 * engine thread.
 */
package dev.forgetmenot.diffusion.vae;
