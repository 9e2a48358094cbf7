package dev.forgetmenot.api.sampling;

import java.util.Optional;

/**
 * What to draw.
 *
 * @param prompt the prompt
 * @param negativePrompt what to stay away from; empty for nothing
 * @param seed the first seed, in [0, 2⁶³)
 * @param seedPerImage true: image i has a generator of its own with seed {@code seed + i}, as A1111
 *     does; false: one generator draws the whole batch, as a diffusers pipeline with one generator
 *     does
 * @param count number of images, at least 1
 * @param steps sampler steps, at least 1
 * @param guidance scale of classifier-free guidance; 1 or less runs without it
 * @param width pixels, or empty for the model's own size
 * @param height pixels, or empty for the model's own size
 * @param sampler name of a sampler, or empty for the model's own
 */
public record GenerationRequest(
    String prompt,
    String negativePrompt,
    long seed,
    boolean seedPerImage,
    int count,
    int steps,
    double guidance,
    Optional<Integer> width,
    Optional<Integer> height,
    Optional<String> sampler) {

  /** Checks the ranges. */
  public GenerationRequest {
    require(seed >= 0, "seed must be 0 or more", seed);
    require(count >= 1 && count <= 4096, "count must be in [1, 4096]", count);
    require(steps >= 1 && steps <= 1000, "steps must be in [1, 1000]", steps);
    require(Double.isFinite(guidance) && guidance >= 0, "guidance must be 0 or more", guidance);
  }

  /** One image of the prompt with the usual settings: 20 steps, guidance 5, the model's sampler. */
  public static GenerationRequest of(String prompt) {
    return new GenerationRequest(
        prompt, "", 0, true, 1, 20, 5, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same with other seed and count. */
  public GenerationRequest seeds(long first, int images) {
    return new GenerationRequest(
        prompt,
        negativePrompt,
        first,
        seedPerImage,
        images,
        steps,
        guidance,
        width,
        height,
        sampler);
  }

  /** The same with another prompt. */
  public GenerationRequest prompted(String text) {
    return new GenerationRequest(
        text, negativePrompt, seed, seedPerImage, count, steps, guidance, width, height, sampler);
  }

  /** The same with another sampler and number of steps. */
  public GenerationRequest sampled(String name, int stepCount) {
    return new GenerationRequest(
        prompt,
        negativePrompt,
        seed,
        seedPerImage,
        count,
        stepCount,
        guidance,
        width,
        height,
        Optional.of(name));
  }

  private static void require(boolean condition, String message, Object found) {
    if (!condition) {
      throw new IllegalArgumentException(message + ", not " + found);
    }
  }
}
