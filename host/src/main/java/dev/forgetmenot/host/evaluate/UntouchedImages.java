package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.evaluation.run.Drawing;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A context whose job gets images of the untouched model from the store of {@code fmn evaluate};
 * what the store lacks is drawn and stays there for later commands.
 */
public final class UntouchedImages implements JobContext.Nested {
  private final JobContext outer;
  private final StableDiffusion model;
  private final HostedModel base;
  private final ImageStore store;

  /**
   * The images of a model.
   *
   * @param outer progress and cancellation
   * @param loader that the model was loaded by
   * @param model without patches
   * @param store a folder
   * @throws IOException if the base cannot be read
   */
  public UntouchedImages(JobContext outer, ModelLoader loader, StableDiffusion model, Path store)
      throws IOException {
    this.outer = outer;
    this.model = model;
    this.store = new ImageStore(store);
    try (PatchSet none = PatchSet.open(List.of())) {
      base = new HostedModel(loader, model, none);
    }
  }

  @Override
  public JobContext outer() {
    return outer;
  }

  @Override
  public List<List<RgbImage>> untouched(DiffusionModel drawn, List<GenerationRequest> requests)
      throws IOException {
    if (drawn != model) {
      throw new IllegalArgumentException(
          "images were asked for of another model than the job's; draw them with that model");
    }
    List<List<ImageUnit>> units = requests.stream().map(this::units).toList();
    draw(units.stream().flatMap(List::stream).toList());
    List<List<RgbImage>> images = new ArrayList<>();
    for (List<ImageUnit> some : units) {
      images.add(images(some.stream().map(ImageUnit::key).toList()));
    }
    return images;
  }

  /** The units of a request's images. */
  List<ImageUnit> units(GenerationRequest request) {
    return LongStream.range(request.seed(), request.seed() + request.count())
        .mapToObj(
            seed ->
                new ImageUnit(
                    base.identity(ModelState.ORIGINAL),
                    request.prompt(),
                    request.negativePrompt(),
                    seed,
                    model.sampler(request).name(),
                    request.steps(),
                    request.guidance(),
                    request.width().orElse(model.imageSize()),
                    request.height().orElse(model.imageSize())))
        .toList();
  }

  /** Draws what the store lacks, and says how many these were. */
  int draw(List<ImageUnit> units) throws IOException {
    return new Drawing(base, store, outer).draw(units);
  }

  /** Images that the store has, by the keys of their units. */
  List<RgbImage> images(List<String> keys) throws IOException {
    List<RgbImage> images = new ArrayList<>();
    for (String key : keys) {
      images.add(store.image(key));
    }
    return images;
  }

  /** Where embeddings of the images are kept. */
  Path embeddings() {
    return store.embeddings();
  }
}
