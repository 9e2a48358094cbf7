package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Variation;
import dev.forgetmenot.diffusion.random.PerImageNoise;
import dev.forgetmenot.diffusion.random.TorchGenerator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The images that are drawn at once.
 *
 * @param settings what they share, as extensions see it
 * @param images a request of one image for each: its prompts and seed
 * @param noise what all noise is drawn from
 */
record ImageBatch(GenerationRequest settings, List<GenerationRequest> images, NoiseSource noise) {
  /** All images of a request. */
  static ImageBatch of(GenerationRequest request) {
    List<GenerationRequest> images = images(request);
    return request.seedPerImage()
        ? of(request, images)
        : new ImageBatch(request, images, new TorchGenerator(request.seed()));
  }

  /** Images with seeds of their own. */
  static ImageBatch of(GenerationRequest settings, List<GenerationRequest> images) {
    return new ImageBatch(
        settings,
        images,
        PerImageNoise.seeded(images.stream().map(GenerationRequest::seed).toList()));
  }

  /** A request of one image for each of a request. */
  static List<GenerationRequest> images(GenerationRequest request) {
    return IntStream.range(0, request.count()).mapToObj(i -> request.part(i, 1)).toList();
  }

  int size() {
    return images.size();
  }

  List<String> prompts() {
    return images.stream().map(GenerationRequest::prompt).toList();
  }

  List<String> negativePrompts() {
    return images.stream().map(GenerationRequest::negativePrompt).toList();
  }

  /** Where the noise that is mixed into the first comes from, with its share; empty for none. */
  Optional<NoiseSource> variationNoise() {
    return settings
        .variation()
        .map(
            any ->
                PerImageNoise.seeded(
                    images.stream()
                        .map(image -> image.variation().map(Variation::seed).orElseThrow())
                        .toList()));
  }
}
