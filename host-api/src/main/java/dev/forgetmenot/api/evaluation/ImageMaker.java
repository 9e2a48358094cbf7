package dev.forgetmenot.api.evaluation;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A way to draw images that a prompt and the settings alone do not say. Must not depend on which
 * images are drawn in one call.
 */
@FunctionalInterface
public interface ImageMaker {
  /**
   * Draws, on the engine thread.
   *
   * @param model in the state that was asked for; as it was when this ends. Where it is a {@link
   *     dev.forgetmenot.api.model.PatchedModel} it has the patches under test
   * @param requests one image each, alike in all but prompt and seed
   * @return an image for each
   */
  List<RgbImage> make(DiffusionModel model, List<GenerationRequest> requests) throws IOException;

  /**
   * A way with its description.
   *
   * @param how all that decides the pixels beside the model's state, the prompts, the seeds and the
   *     settings of the task; it becomes part of the images' keys. Empty for none: then the images
   *     are those of every evaluator
   * @param maker draws
   */
  record Described(String how, ImageMaker maker) {}

  /** As the model draws by itself. */
  static Described plain() {
    return new Described("", ImageMaker::generate);
  }

  /**
   * By prompts with learned tokens.
   *
   * @param tokens vectors (n, d) by the names that prompts say
   */
  static Described withTokens(Map<String, float[][]> tokens) {
    StringBuilder how = new StringBuilder("tokens");
    new TreeMap<>(tokens)
        .forEach(
            (name, vectors) -> how.append(' ').append(name).append(Arrays.deepToString(vectors)));
    return new Described(
        how.toString(),
        (model, requests) -> {
          var added = model.addTokens(tokens);
          try {
            return generate(model, requests);
          } finally {
            added.close();
          }
        });
  }

  private static List<RgbImage> generate(DiffusionModel model, List<GenerationRequest> requests) {
    return model.generate(requests).stream().map(images -> images.get(0)).toList();
  }
}
