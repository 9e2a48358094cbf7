package dev.forgetmenot.samples;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.Infotext;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Puts a patch on a model and draws an image of a prompt, with the libraries {@code fmn-diffusion}
 * and {@code fmn-patching} alone: without the program and its plugins.
 */
public final class ApplyPatch {
  private ApplyPatch() {}

  /** Arguments: model folder, patch file, strength, prompt, PNG file to write. */
  public static void main(String[] args) throws IOException {
    PatchRequest patch = new PatchRequest(Path.of(args[1]), Double.parseDouble(args[2]));
    GenerationRequest request = GenerationRequest.of(args[3]).sampled("ddim", 20).seeds(1, 1);
    try (PatchSet patches = PatchSet.open(List.of(patch));
        StableDiffusion sd = StableDiffusion.load(Path.of(args[0]), LoadOptions.defaults())) {
      patches.applyTo(sd);
      RgbImage image = sd.generate(request).get(0);
      String infotext =
          Infotext.of(
              request.prompt(),
              request.negativePrompt(),
              Map.of("Steps", "20", "Seed", "1", "Patches", String.join(", ", patches.labels())));
      PngFile.write(Path.of(args[4]), image, infotext);
    }
  }
}
