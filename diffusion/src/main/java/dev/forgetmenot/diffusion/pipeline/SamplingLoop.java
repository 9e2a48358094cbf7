package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.diffusion.sampler.SamplerRegistry;
import dev.forgetmenot.diffusion.unet.DeepFeatures;
import dev.forgetmenot.diffusion.unet.FixedInputs;
import dev.forgetmenot.files.Message;
import java.util.Collections;
import java.util.Optional;

/**
 * The sampling loop: from a batch to its last latents. The prompts become a context, the noise
 * becomes latents by the sampler and the UNet. For the engine thread.
 *
 * @param model as sampling extensions see it
 */
record SamplingLoop(StableDiffusion model, ModelComponents parts, SamplerRegistry samplers) {
  /** The final latents (b, c, h, w) of a batch, on the manager. */
  NDArray latents(ImageBatch batch, GenerationHooks audience, NDManager manager) {
    int stride = parts.vae().config().stride();
    Optional<InitialImage> image = batch.settings().initial();
    if (image.isEmpty()) {
      return latents(batch, Optional.empty(), audience, manager);
    }
    try (InitialTensors initial = InitialTensors.of(image.get(), stride, manager)) {
      return latents(batch, Optional.of(initial), audience, manager);
    }
  }

  /** The same with the image to begin with as tensors, which stay the caller's. */
  NDArray latents(
      ImageBatch batch,
      Optional<InitialTensors> initial,
      GenerationHooks audience,
      NDManager manager) {
    GenerationRequest request = batch.settings();
    try (ActiveExtensions extensions = new ActiveExtensions(audience.extensions(), request, model);
        Sampler sampler = sampler(request);
        Conditioning conditioning = conditioning(batch, audience.listener(), manager, extensions);
        DeepFeatures features = new DeepFeatures(request.featureCache());
        StartLatents start =
            StartLatents.of(batch, initial, shape(batch), sampler, parts, manager);
        FixedInputs both = inputs(conditioning, sampler);
        FixedInputs alone = inputs(conditioning.unguided(), sampler)) {
      double[] timesteps = sampler.timesteps();
      int count = timesteps.length - start.first();
      NDArray sample = start.sample();
      for (int i = start.first(); i < timesteps.length; i++) {
        audience.stopIfCancelled();
        int step = i - start.first();
        Conditioning at = conditioning.at(i, timesteps.length);
        FixedInputs inputs = at.guided() == conditioning.guided() ? both : alone;
        NDArray next;
        try (NDArray current = sample;
            NDArray output =
                predict(current, sampler, i, step, at, inputs, features, extensions, audience)) {
          next = sampler.step(output, i, current, batch.noise());
        }
        sample = extensions.latents(step, start.kept(next, sampler, i));
        requireNumbers(sample, i, timesteps);
        NDArray now = sample;
        int index = i;
        audience.listener().step(step + 1, count, timesteps[i], () -> preview(sampler, index, now));
      }
      return sample;
    }
  }

  private static FixedInputs inputs(Conditioning conditioning, Sampler sampler) {
    return new FixedInputs(conditioning.condition(), sampler.timesteps());
  }

  private Shape shape(ImageBatch batch) {
    ImageSize size = ImageSize.of(batch.settings(), parts);
    int stride = parts.vae().config().stride();
    return new Shape(
        batch.size(),
        parts.unet().config().inChannels(),
        size.height() / stride,
        size.width() / stride);
  }

  /** What extensions make of the prompts; several prompts are those of requests without any. */
  private Conditioning conditioning(
      ImageBatch batch, StepListener listener, NDManager manager, ActiveExtensions extensions) {
    GenerationRequest drawn = extensions.prompted(batch.settings());
    listener.begins(drawn, model.on());
    ImageSize size = ImageSize.of(batch.settings(), parts);
    return drawn.equals(batch.settings())
        ? Conditioning.of(
            drawn, batch.prompts(), batch.negativePrompts(), size, parts, manager, extensions)
        : Conditioning.of(
            drawn,
            Collections.nCopies(batch.size(), drawn.prompt()),
            Collections.nCopies(batch.size(), drawn.negativePrompt()),
            size,
            parts,
            manager,
            extensions);
  }

  /** Latents that are NaN once stay so, and would become a black image. */
  private static void requireNumbers(NDArray sample, int i, double[] timesteps) {
    try (NDArray sum = sample.sum()) { // NaN or infinite if one value is
      if (!Float.isFinite(sum.getFloat())) {
        sample.close();
        throw new ArithmeticException(
            Message.of(
                "the latents are not numbers (NaN or infinite) after step %d of %d, timestep %.0f;"
                    + " expected finite ones. Take patches off one by one to find the one that"
                    + " does it, lower its strength or the guidance, or check the model's files",
                i + 1, timesteps.length, timesteps[i]));
      }
    }
  }

  private Sampler sampler(GenerationRequest request) {
    return samplers
        .resolve(request.sampler(), parts.schedulerConfig())
        .create(parts.noiseSchedule(), parts.schedulerConfig(), request.steps());
  }

  /** One call of the UNet, on the batch twice where it is guided. */
  private NDArray predict(
      NDArray sample,
      Sampler sampler,
      int i,
      int step,
      Conditioning conditioning,
      FixedInputs inputs,
      DeepFeatures features,
      ActiveExtensions extensions,
      GenerationHooks audience) {
    NDArray scaled = sampler.scaleModelInput(sample, i);
    audience.inputs().input(sampler.timesteps()[i], scaled);
    try (NDArray input = conditioning.guided() ? scaled.concat(scaled, 0) : scaled.duplicate()) {
      NDArray output = parts.unet().forward(input, i, inputs, extensions.attention(step), features);
      return extensions.modelOutput(step, guided(output, step, conditioning, extensions));
    } finally {
      if (scaled != sample) {
        scaled.close();
      }
    }
  }

  /** Takes over the UNet's output. */
  private static NDArray guided(
      NDArray output, int step, Conditioning conditioning, ActiveExtensions extensions) {
    if (!conditioning.guided()) {
      return output;
    }
    try (NDArray both = output) {
      return conditioning.guide(both, step, extensions);
    }
  }

  /**
   * The first image; samplers that let the sample grow scale it for the UNet, and for a preview.
   */
  private RgbImage preview(Sampler sampler, int i, NDArray sample) {
    if (i + 1 == sampler.timesteps().length) {
      return ImageLatents.decode(parts, sample, 0);
    }
    NDArray scaled = sampler.scaleModelInput(sample, i + 1);
    try {
      return ImageLatents.decode(parts, scaled, 0);
    } finally {
      if (scaled != sample) {
        scaled.close();
      }
    }
  }
}
