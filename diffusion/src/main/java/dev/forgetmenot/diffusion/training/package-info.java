/**
 * Training of a few weights of a loaded model: AdamW, the clip of the global gradient norm, and the
 * session that owns the engine's one gradient collector.
 */
package dev.forgetmenot.diffusion.training;
