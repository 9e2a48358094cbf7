package dev.forgetmenot.evaluation.bench;

/**
 * How all images of a list are drawn.
 *
 * @param sampler the name of a sampler of the program
 * @param steps of the sampler, from 1
 * @param guidance scale of the classifier-free guidance, 0 or more
 * @param width in pixels, a multiple of 8
 * @param height in pixels, a multiple of 8
 * @param negative the negative prompt, often empty
 */
public record BenchModel(
    String sampler, int steps, double guidance, int width, int height, String negative) {}
