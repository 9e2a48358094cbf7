/**
 * Samplers: ways from noise to latents. Each is a class of its own, written after its paper, and
 * equal in its numbers to the scheduler class of diffusers that it stands for; a key that {@code
 * scheduler_config.json} lacks takes the default of that class, and a key that the class does not
 * know is without effect, as there.
 *
 * <p>Letters: T number of training timesteps, t a timestep, i index of a step, ᾱ as in {@link
 * dev.forgetmenot.diffusion.schedule}, σ = √((1−ᾱ)/ᾱ), x the sample, x₀ the clean sample that the
 * model predicts, ε the noise that it predicts. Arrays are (b, c, h, w), float32.
 */
package dev.forgetmenot.diffusion.sampler;
