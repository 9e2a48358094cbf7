package dev.forgetmenot.api.model;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A loaded Stable Diffusion as editors see it. All methods are for the engine thread; arrays that
 * are returned belong to the caller, who closes them.
 */
public interface DiffusionModel extends ModelView {
  /**
   * Adds tokens to the vocabulary, until the result is closed.
   *
   * @param tokens name to one or several vectors of d finite numbers; names have no white space
   * @throws IllegalArgumentException if a name is there already, in any case of letters, or a
   *     vector does not fit the text encoder
   */
  AddedTokens addTokens(Map<String, float[][]> tokens);

  /** Adds tokens of one vector each; see {@link #addTokens(Map)}. */
  default AddedTokens addTokens(List<String> names, float[][] vectors) {
    if (names.size() != vectors.length) {
      throw new IllegalArgumentException(
          names.size() + " tokens need as many vectors, not " + vectors.length);
    }
    Map<String, float[][]> tokens = new LinkedHashMap<>();
    for (int i = 0; i < vectors.length; i++) {
      if (tokens.put(names.get(i), new float[][] {vectors[i]}) != null) {
        throw new IllegalArgumentException("the token \"" + names.get(i) + "\" is there twice");
      }
    }
    return addTokens(tokens);
  }

  /** The weights by canonical name; what is replaced is the host's to put back. */
  @Override
  NamedWeights weights();

  /**
   * Images of a request, as users get them: with the sampling extensions of the program's plugins.
   *
   * @throws IllegalArgumentException if the request does not fit the model
   */
  List<RgbImage> generate(GenerationRequest request);

  /**
   * Images of several requests that differ only in prompt, seed and count, each as {@link
   * #generate(GenerationRequest)} draws it. Where no sampling extension is active they share
   * batches, which is much faster for small models than one request after another.
   *
   * @return the images of each request
   * @throws IllegalArgumentException if the requests differ in more than that
   */
  List<List<RgbImage>> generate(List<GenerationRequest> requests);

  /**
   * The sampler that a request is drawn with, for code that samples by itself: with text conditions
   * of its own, or from latents in the middle of the schedule. Such a run is that of the weights
   * alone, without sampling extensions. The caller closes it.
   *
   * @param request names the sampler and the number of steps
   * @throws IllegalArgumentException if there is no such sampler
   */
  Sampler newSampler(GenerationRequest request);

  /**
   * What the UNet sees while the model draws, with sampling extensions and in one batch: one entry
   * for each step, from noise to image, scaled as the sampler asks. What an extension makes of the
   * text embedding and of the attention is in the latents alone; {@link #predict} with an embedding
   * of {@link #encodePrompts} is the model without extensions. The caller closes them.
   */
  List<NoisyLatents> trajectory(GenerationRequest request);

  /**
   * Begins training; at most one scope is open at a time in a process.
   *
   * @throws IllegalStateException if another scope is open
   */
  TrainingScope train(TrainingOptions options);
}
