package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.Variation;
import dev.forgetmenot.diffusion.random.Slerp;
import java.util.Optional;

/**
 * Where a batch begins: noise at the first call of the sampler, or at a later one an image's
 * latents with noise on them (Meng et al., "SDEdit", arXiv 2108.01073). With a mask, what stays is
 * put back after each step with the noise of the next one, as diffusers' inpainting of models
 * without mask channels does. For the engine thread.
 *
 * <p>Order in which the one source of noise is used, as in diffusers: the sample of the image's
 * posterior, the noise of the start, then what the sampler draws.
 */
final class StartLatents implements AutoCloseable {
  private final int first;
  private final NDArray sample; // (b, c, h, w)
  private final NDArray noise; // (b, c, h, w); null without a mask, as are the two below
  private final NDArray clean; // (b, c, h, w), of the image
  private final NDArray mask; // (1, 1, h, w)

  private StartLatents(int first, NDArray sample, NDArray noise, NDArray clean, NDArray mask) {
    this.first = first;
    this.sample = sample;
    this.noise = noise;
    this.clean = clean;
    this.mask = mask;
  }

  /**
   * The start of a batch.
   *
   * @param shape (b, c, h, w)
   * @param initial what it begins with; stays the caller's, as long as this is open
   */
  static StartLatents of(
      ImageBatch batch,
      Optional<InitialTensors> initial,
      Shape shape,
      Sampler sampler,
      ModelComponents parts,
      NDManager manager) {
    if (initial.isEmpty()) {
      try (NDArray unit = manager.create(noise(batch, shape), shape)) {
        return new StartLatents(0, unit.mul((float) sampler.initNoiseSigma()), null, null, null);
      }
    }
    InitialTensors image = initial.get();
    int steps = batch.settings().steps();
    int first = (steps - InitialImage.taken(steps, image.denoising())) * sampler.order();
    NDArray clean = clean(batch, image, shape, parts, manager);
    NDArray noise = manager.create(noise(batch, shape), shape);
    boolean noiseAlone = image.mask().isPresent() && image.denoising() == 1;
    NDArray sample =
        noiseAlone
            ? noise.mul((float) sampler.initNoiseSigma())
            : sampler.addNoise(clean, noise, first);
    if (image.mask().isPresent()) {
      return new StartLatents(first, sample, noise, clean, image.mask().get());
    }
    noise.close();
    clean.close();
    return new StartLatents(first, sample, null, null, null);
  }

  private static NDArray clean(
      ImageBatch batch,
      InitialTensors image,
      Shape shape,
      ModelComponents parts,
      NDManager manager) {
    int images = batch.size();
    int drawn = batch.settings().seedPerImage() ? images : 1; // one generator samples it once
    float[] numbers = batch.noise().normal(Math.toIntExact(shape.size() / images * drawn));
    NDArray latents = image.latents(parts, numbers);
    latents.attach(manager);
    if (drawn == images) {
      return latents;
    }
    try (latents) {
      return latents.repeat(0, images);
    }
  }

  /** The batch's noise, with that of its variation seeds mixed in. */
  private static float[] noise(ImageBatch batch, Shape shape) {
    int count = Math.toIntExact(shape.size());
    float[] noise = batch.noise().normal(count);
    Optional<Variation> variation = batch.settings().variation();
    Optional<NoiseSource> other = batch.variationNoise();
    if (variation.isEmpty() || other.isEmpty()) {
      return noise;
    }
    return Slerp.between(
        noise,
        other.get().normal(count),
        variation.get().strength(),
        Math.toIntExact(shape.get(0) * shape.get(1)),
        Math.toIntExact(shape.get(2)),
        Math.toIntExact(shape.get(3)));
  }

  /** Index of the sampler's first call. */
  int first() {
    return first;
  }

  /** What it begins with (b, c, h, w); the caller closes it. */
  NDArray sample() {
    return sample;
  }

  /**
   * The latents after a call, with those of the image where the mask is black.
   *
   * @param next (b, c, h, w), closed where a new array is returned
   * @param index of the call that was made
   */
  NDArray kept(NDArray next, Sampler sampler, int index) {
    if (mask == null) {
      return next;
    }
    boolean last = index + 1 == sampler.timesteps().length;
    try (next;
        NDArray image = last ? clean.duplicate() : sampler.addNoise(clean, noise, index + 1);
        NDArray minus = mask.neg();
        NDArray rest = minus.add(1);
        NDArray stays = image.mul(rest);
        NDArray anew = next.mul(mask)) {
      return stays.add(anew);
    }
  }

  @Override
  public void close() {
    if (mask != null) {
      noise.close();
      clean.close();
    }
  }
}
