/** Drawn images as PNG files that say how they were made. For any thread. */
package dev.forgetmenot.diffusion.image;
