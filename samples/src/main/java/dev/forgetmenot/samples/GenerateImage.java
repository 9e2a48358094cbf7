package dev.forgetmenot.samples;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Loads a model folder and draws an image of a prompt. */
public final class GenerateImage {
  private GenerateImage() {}

  /** Arguments: model folder, prompt, PNG file to write. */
  public static void main(String[] args) throws IOException {
    GenerationRequest request = GenerationRequest.of(args[1]).sampled("ddim", 20).seeds(1, 1);
    try (StableDiffusion model = StableDiffusion.load(Path.of(args[0]), LoadOptions.defaults())) {
      List<RgbImage> images = model.generate(request);
      PngFile.write(Path.of(args[2]), PngFile.image(images.get(0)), args[1]);
    }
  }
}
