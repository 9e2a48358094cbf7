/**
 * What the families of models are made of: components, how prompts become the UNet's condition, and
 * the names that files have for all of it. Everything else asks {@link
 * dev.forgetmenot.diffusion.architecture.ModelArchitecture} and never for a model's name.
 */
package dev.forgetmenot.diffusion.architecture;
