package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.NoisyLatents;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.random.PerImageNoise;
import dev.forgetmenot.diffusion.random.TorchGenerator;
import dev.forgetmenot.diffusion.sampler.SamplerRegistry;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * From a request to images: the prompt becomes a context, a seed becomes noise, the sampler and the
 * UNet turn noise into latents, the VAE turns latents into images. For the engine thread.
 *
 * @param model as sampling extensions see it
 */
record TextToImagePipeline(StableDiffusion model, ModelComponents parts, SamplerRegistry samplers) {
  /** Latent pixels of a batch: two images of 512 × 512, more of smaller ones. */
  private static final int BATCH_PIXELS = 2 * 64 * 64;

  private static final int LARGEST_BATCH = 32;

  /**
   * Draws the images of a request. Images with seeds of their own are drawn in several batches
   * where one would be too large; extensions see each batch as a generation.
   *
   * @throws IllegalArgumentException if the request does not fit the model
   * @throws CancellationException if the user cancelled
   */
  List<RgbImage> run(GenerationRequest request, GenerationHooks audience) {
    ImageSize size = size(request);
    int batch = request.seedPerImage() ? largestBatch(size) : request.count();
    int batches = (request.count() + batch - 1) / batch;
    List<RgbImage> images = new ArrayList<>();
    for (int k = 0; k < batches; k++) {
      int count = Math.min(batch, request.count() - k * batch);
      GenerationRequest part = request.seeds(request.seed() + (long) k * batch, count);
      try (NDManager manager = parts.manager().newSubManager();
          NDArray latents = latents(part, audience.ofBatch(k, batches), manager)) {
        for (int i = 0; i < count; i++) {
          stopIfCancelled(audience);
          images.add(ImageLatents.decode(parts, latents, i));
        }
      }
    }
    return images;
  }

  /**
   * Draws the images of several requests that differ only in prompt, seed and count, in batches
   * that they share. Where an extension takes part in one of them, each request has batches of its
   * own.
   *
   * @throws IllegalArgumentException if they differ in more, or do not fit the model
   */
  List<List<RgbImage>> runTogether(List<GenerationRequest> requests, GenerationHooks audience) {
    List<PromptSeed> items = new ArrayList<>();
    for (GenerationRequest request : requests) {
      GenerationRequest first = requests.get(0);
      if (!request.seedPerImage()
          || !request.prompted("").seeds(0, 1).equals(first.prompted("").seeds(0, 1))) {
        throw new IllegalArgumentException(
            "requests that are drawn together may differ in prompt, seed and count alone");
      }
      for (int i = 0; i < request.count(); i++) {
        items.add(new PromptSeed(request.prompt(), request.seed() + i));
      }
    }
    if (requests.stream().anyMatch(request -> isTakenPartIn(request, audience))) {
      return requests.stream().map(request -> run(request, audience)).toList();
    }
    Iterator<RgbImage> images = drawItems(requests, items, audience).iterator();
    return requests.stream()
        .map(request -> IntStream.range(0, request.count()).mapToObj(i -> images.next()).toList())
        .toList();
  }

  private boolean isTakenPartIn(GenerationRequest request, GenerationHooks audience) {
    return audience.extensions().stream().anyMatch(one -> one.takesPart(request, model));
  }

  /** One image of several requests. */
  private record PromptSeed(String prompt, long seed) {}

  private List<RgbImage> drawItems(
      List<GenerationRequest> requests, List<PromptSeed> items, GenerationHooks audience) {
    List<RgbImage> images = new ArrayList<>();
    int batch = items.isEmpty() ? 1 : largestBatch(size(requests.get(0)));
    int batches = (items.size() + batch - 1) / batch;
    for (int k = 0; k < batches; k++) {
      List<PromptSeed> part = items.subList(k * batch, Math.min(items.size(), (k + 1) * batch));
      GenerationRequest settings = requests.get(0).seeds(0, part.size());
      List<String> prompts = part.stream().map(PromptSeed::prompt).toList();
      NoiseSource noise = PerImageNoise.seeded(part.stream().map(PromptSeed::seed).toList());
      try (NDManager manager = parts.manager().newSubManager();
          NDArray latents =
              latents(settings, prompts, noise, audience.ofBatch(k, batches), manager)) {
        for (int i = 0; i < part.size(); i++) {
          stopIfCancelled(audience);
          images.add(ImageLatents.decode(parts, latents, i));
        }
      }
    }
    return images;
  }

  private int largestBatch(ImageSize size) {
    int stride = parts.vae().config().stride();
    int pixels = (size.width() / stride) * (size.height() / stride);
    return Math.max(1, Math.min(LARGEST_BATCH, BATCH_PIXELS / pixels));
  }

  private ImageSize size(GenerationRequest request) {
    int width = request.width().orElse(parts.imageSize());
    int height = request.height().orElse(parts.imageSize());
    ImageSize.check(width, height, parts.vae().config().stride());
    return new ImageSize(width, height);
  }

  /** What the UNet sees at each step; of the model's manager, the caller closes them. */
  List<NoisyLatents> trajectory(GenerationRequest request, List<SamplingExtension> extensions) {
    List<NoisyLatents> seen = new ArrayList<>();
    try (NDManager manager = parts.manager().newSubManager()) {
      GenerationHooks.Inputs keeping =
          (timestep, input) -> {
            NDArray copy = input.duplicate();
            copy.attach(parts.manager());
            seen.add(new NoisyLatents(timestep, copy));
          };
      latents(
              request,
              new GenerationHooks(extensions, StepListener.NONE, () -> false, keeping),
              manager)
          .close();
      return seen;
    } catch (RuntimeException e) {
      seen.forEach(NoisyLatents::close);
      throw e;
    }
  }

  /** The final latents (b, c, h, w) of a request of one batch, on the manager. */
  NDArray latents(GenerationRequest request, GenerationHooks audience, NDManager manager) {
    NoiseSource noise =
        request.seedPerImage()
            ? PerImageNoise.seeded(request.seed(), request.count())
            : new TorchGenerator(request.seed());
    List<String> prompts = Collections.nCopies(request.count(), request.prompt());
    return latents(request, prompts, noise, audience, manager);
  }

  /** The final latents (b, c, h, w) of one batch with a prompt for each image. */
  private NDArray latents(
      GenerationRequest request,
      List<String> prompts,
      NoiseSource noise,
      GenerationHooks audience,
      NDManager manager) {
    try (ActiveExtensions extensions = new ActiveExtensions(audience.extensions(), request, model);
        Sampler sampler = sampler(request);
        Conditioning conditioning =
            conditioning(request, prompts, audience.listener(), manager, extensions)) {
      double[] timesteps = sampler.timesteps();
      NDArray sample = start(request, noise, sampler, manager);
      for (int i = 0; i < timesteps.length; i++) {
        stopIfCancelled(audience);
        NDArray next;
        try (NDArray current = sample;
            NDArray output = predict(current, sampler, i, conditioning, extensions, audience)) {
          next = sampler.step(output, i, current, noise);
        }
        sample = extensions.latents(i, next);
        requireNumbers(sample, i, timesteps);
        NDArray now = sample;
        int step = i;
        audience
            .listener()
            .step(i + 1, timesteps.length, timesteps[i], () -> preview(sampler, step, now));
      }
      return sample;
    }
  }

  /** What extensions make of the prompts; several prompts are those of requests without any. */
  private Conditioning conditioning(
      GenerationRequest request,
      List<String> prompts,
      StepListener listener,
      NDManager manager,
      ActiveExtensions extensions) {
    GenerationRequest drawn = extensions.prompted(request);
    listener.begins(drawn, model.on());
    List<String> texts =
        drawn.equals(request) ? prompts : Collections.nCopies(prompts.size(), drawn.prompt());
    return Conditioning.of(drawn, texts, parts, manager, extensions);
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

  private NDArray start(
      GenerationRequest request, NoiseSource noise, Sampler sampler, NDManager manager) {
    ImageSize size = size(request);
    int stride = parts.vae().config().stride();
    Shape shape =
        new Shape(
            request.count(),
            parts.unet().config().inChannels(),
            size.height() / stride,
            size.width() / stride);
    float[] numbers = noise.normal(Math.toIntExact(shape.size()));
    try (NDArray unit = manager.create(numbers, shape)) {
      return unit.mul((float) sampler.initNoiseSigma());
    }
  }

  /** One call of the UNet, on the batch twice where it is guided. */
  private NDArray predict(
      NDArray sample,
      Sampler sampler,
      int i,
      Conditioning conditioning,
      ActiveExtensions extensions,
      GenerationHooks audience) {
    NDArray scaled = sampler.scaleModelInput(sample, i);
    audience.inputs().input(sampler.timesteps()[i], scaled);
    try (NDArray input = conditioning.guided() ? scaled.concat(scaled, 0) : scaled.duplicate()) {
      double[] timesteps = new double[(int) input.getShape().get(0)];
      Arrays.fill(timesteps, sampler.timesteps()[i]);
      NDArray output =
          parts
              .unet()
              .forward(
                  input,
                  timesteps,
                  Conditioning.context(conditioning.condition()),
                  extensions.attention(i));
      return extensions.modelOutput(i, guided(output, i, conditioning, extensions));
    } finally {
      if (scaled != sample) {
        scaled.close();
      }
    }
  }

  /** Takes over the UNet's output. */
  private static NDArray guided(
      NDArray output, int i, Conditioning conditioning, ActiveExtensions extensions) {
    if (!conditioning.guided()) {
      return output;
    }
    try (NDArray both = output) {
      return conditioning.guide(both, i, extensions);
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

  private static void stopIfCancelled(GenerationHooks audience) {
    if (audience.cancelled().getAsBoolean()) {
      throw new CancellationException("stopped by the user");
    }
  }
}
