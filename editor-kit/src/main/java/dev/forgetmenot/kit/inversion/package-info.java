/**
 * Concept inversion: new tokens that say what images show (Gal et al., arXiv 2208.01618), as Zhang
 * et al., arXiv 2303.17591, use it before they forget. Only the tokens' rows are trained.
 *
 * <p>Letters: k new tokens, d width of the text embedding, c h w channels, height and width of
 * latents, T training timesteps.
 */
package dev.forgetmenot.kit.inversion;
