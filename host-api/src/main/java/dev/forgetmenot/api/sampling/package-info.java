/**
 * Sampling. Samplers, their configuration and noise, and extensions that look at or change an image
 * while it is made.
 */
package dev.forgetmenot.api.sampling;
