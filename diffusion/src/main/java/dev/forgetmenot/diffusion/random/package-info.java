/** Random numbers equal to those of PyTorch's CPU generator. */
package dev.forgetmenot.diffusion.random;
