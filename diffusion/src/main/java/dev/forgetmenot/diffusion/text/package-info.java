/**
 * CLIP's text encoder.
 *
 * <p>Letters: b batch, n tokens, d width, v vocabulary. For the engine thread.
 */
package dev.forgetmenot.diffusion.text;
