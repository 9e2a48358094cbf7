/**
 * Stable Diffusion 1.x and 2.x as one safetensors file under the names of the original programs
 * (CompVis's latent diffusion and OpenCLIP): which names are which canonical ones, and what the
 * tensors tell of the architecture.
 */
package dev.forgetmenot.diffusion.checkpoint;
