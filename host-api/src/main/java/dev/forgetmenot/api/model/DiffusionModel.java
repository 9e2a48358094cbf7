package dev.forgetmenot.api.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A loaded Stable Diffusion as plugins see it. All methods are for the engine thread; arrays that
 * are returned belong to the caller, who closes them.
 *
 * <p>Letters: b batch, n tokens (77), d width of the text embedding, c h w channels, height and
 * width of latents, H W of images.
 */
public interface DiffusionModel {
  /** A new manager on the model's device; the caller closes it. */
  NDManager newManager();

  /** Token ids of a prompt. */
  TokenizedPrompt tokenize(String prompt);

  /** Token ids of a text alone, without begin, end and padding. */
  List<Integer> tokenIds(String text);

  /** The same pieces as the vocabulary writes them, such as {@code cer</w>}; for messages. */
  List<String> tokens(String text);

  /** Text embeddings (b, n, d) of prompts. */
  NDArray encodePrompts(List<TokenizedPrompt> prompts);

  /** The id of end-of-text. */
  int endOfText();

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

  /** The latents of images: a sample of the posterior times the scaling factor, (b, c, h, w). */
  NDArray encodeImages(List<RgbImage> images, NoiseSource noise);

  /** The distributions of images' latents, of which {@link #encodeImages} takes a sample. */
  LatentDistribution encodePosteriors(List<RgbImage> images);

  /**
   * Latents to images: the VAE's decoder, the inverse of {@link #encodeImages}.
   *
   * @param latents (b, c, h, w) times the scaling factor, of any h and w; stays the caller's
   * @return b images of h and w times the VAE's factor
   * @throws IllegalArgumentException if the shape is another
   * @throws ArithmeticException if a pixel would be NaN
   */
  List<RgbImage> decodeLatents(NDArray latents);

  /**
   * What the UNet predicts.
   *
   * @param latents (b, c, h, w)
   * @param timesteps one for each of the batch
   * @param context (b, n, d)
   * @return (b, c, h, w)
   */
  NDArray predict(NDArray latents, double[] timesteps, NDArray context, AttentionHooks hooks);

  /**
   * Runs the UNet as far as its observers look and no further, for losses that are made of
   * attention alone; arguments as in {@link #predict}.
   *
   * @throws IllegalArgumentException if nobody watches a layer
   */
  void observe(NDArray latents, double[] timesteps, NDArray context, AttentionHooks hooks);

  /** The attention layers of the UNet, in the order in which they run. */
  List<AttentionLayer> attentionSites();

  /** The forward process. */
  NoiseSchedule noiseSchedule();

  /** The weights by canonical name. */
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
   * What the UNet sees while the model draws, with sampling extensions and in one batch: one entry
   * for each step, from noise to image, scaled as the sampler asks. What an extension makes of the
   * text embedding and of the attention is in the latents alone; {@link #predict} with an embedding
   * of {@link #encodePrompts} is the model without extensions. The caller closes them.
   */
  List<NoisyLatents> trajectory(GenerationRequest request);

  /** Channels, height and width of latents for the model's own image size: {c, h, w}. */
  int[] latentShape();

  /** The model's own image size in pixels. */
  int imageSize();

  /** A stream of normal numbers equal to PyTorch's CPU generator with this seed. */
  NoiseSource noise(long seed);

  /**
   * Begins training; at most one scope is open at a time in a process.
   *
   * @throws IllegalStateException if another scope is open
   */
  TrainingScope train(TrainingOptions options);
}
