/**
 * The forward process q of diffusion models, from {@code scheduler_config.json}.
 *
 * <p>Letters: T number of training timesteps, t a timestep in [0, T), β variance added at t, α = 1
 * − β, ᾱ product of the α up to t, x₀ a clean sample, ε standard normal noise. Everything is
 * computed as diffusers does, in float32.
 */
package dev.forgetmenot.diffusion.schedule;
