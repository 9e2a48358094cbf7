package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.NoisyLatents;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * From requests to images, batch by batch: the {@link SamplingLoop} makes latents, the VAE turns
 * them into images. For the engine thread.
 */
record TextToImagePipeline(SamplingLoop loop, ModelComponents parts) {
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
    int batch = request.seedPerImage() ? largestBatch(request) : request.count();
    int batches = (request.count() + batch - 1) / batch;
    List<RgbImage> images = new ArrayList<>();
    for (int k = 0; k < batches; k++) {
      int count = Math.min(batch, request.count() - k * batch);
      ImageBatch part = ImageBatch.of(request.part(k * batch, count));
      images.addAll(draw(part, audience.ofBatch(k, batches)));
    }
    return images;
  }

  /**
   * Draws the images of several requests that differ only in prompts, seed and count, in batches
   * that they share. Where an extension takes part in one of them, each request has batches of its
   * own.
   *
   * @throws IllegalArgumentException if they differ in more, or do not fit the model
   */
  List<List<RgbImage>> runTogether(List<GenerationRequest> requests, GenerationHooks audience) {
    for (GenerationRequest request : requests) {
      if (!request.seedPerImage() || !shared(request).equals(shared(requests.get(0)))) {
        throw new IllegalArgumentException(
            "requests that are drawn together may differ in prompts, seed and count alone");
      }
    }
    if (requests.stream().anyMatch(request -> isTakenPartIn(request, audience))) {
      return requests.stream().map(request -> run(request, audience)).toList();
    }
    Iterator<RgbImage> images = drawImages(requests, audience).iterator();
    return requests.stream()
        .map(request -> IntStream.range(0, request.count()).mapToObj(i -> images.next()).toList())
        .toList();
  }

  private static GenerationRequest shared(GenerationRequest request) {
    return request.toBuilder().prompt("").negativePrompt("").seed(0).count(1).build();
  }

  private boolean isTakenPartIn(GenerationRequest request, GenerationHooks audience) {
    return audience.extensions().stream().anyMatch(one -> one.takesPart(request, loop.model()));
  }

  private List<RgbImage> drawImages(List<GenerationRequest> requests, GenerationHooks audience) {
    List<GenerationRequest> images =
        requests.stream().flatMap(request -> ImageBatch.images(request).stream()).toList();
    List<RgbImage> drawn = new ArrayList<>();
    int batch = images.isEmpty() ? 1 : largestBatch(images.get(0));
    int batches = (images.size() + batch - 1) / batch;
    for (int k = 0; k < batches; k++) {
      List<GenerationRequest> part =
          images.subList(k * batch, Math.min(images.size(), (k + 1) * batch));
      GenerationRequest settings = part.get(0).toBuilder().count(part.size()).build();
      drawn.addAll(draw(ImageBatch.of(settings, part), audience.ofBatch(k, batches)));
    }
    return drawn;
  }

  private List<RgbImage> draw(ImageBatch batch, GenerationHooks audience) {
    List<RgbImage> images = new ArrayList<>();
    try (NDManager manager = parts.manager().newSubManager();
        NDArray latents = loop.latents(batch, audience, manager)) {
      for (int i = 0; i < batch.size(); i++) {
        audience.stopIfCancelled();
        RgbImage image = ImageLatents.decode(parts, latents, i);
        images.add(batch.settings().initial().map(begun -> begun.keepIn(image)).orElse(image));
      }
    }
    return images;
  }

  private int largestBatch(GenerationRequest request) {
    ImageSize size = ImageSize.of(request, parts);
    int stride = parts.vae().config().stride();
    int pixels = (size.width() / stride) * (size.height() / stride);
    return Math.max(1, Math.min(LARGEST_BATCH, BATCH_PIXELS / pixels));
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
    return loop.latents(ImageBatch.of(request), audience, manager);
  }
}
