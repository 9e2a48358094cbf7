package dev.forgetmenot.api.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.training.InputGradients;
import java.util.List;

/**
 * A loaded Stable Diffusion, to read and to compute with: nothing here changes the model. All
 * methods are for the engine thread; arrays that are returned belong to the caller, who closes
 * them.
 *
 * <p>Letters: b batch, n tokens (77), d width of the text embedding, c h w channels, height and
 * width of latents, H W of images.
 */
public interface ModelView {
  /** A new manager on the model's device; the caller closes it. */
  NDManager newManager();

  /** Text to token ids and back, with the tokens that are added now. */
  PromptTokenizer tokenizer();

  /** {@link PromptTokenizer#tokenize}. */
  default TokenizedPrompt tokenize(String prompt) {
    return tokenizer().tokenize(prompt);
  }

  /** {@link PromptTokenizer#tokenIds}. */
  default List<Integer> tokenIds(String text) {
    return tokenizer().tokenIds(text);
  }

  /** {@link PromptTokenizer#tokens}. */
  default List<String> tokens(String text) {
    return tokenizer().tokens(text);
  }

  /** The condition of the UNet for prompts, one row for each; the caller closes it. */
  TextCondition encodePrompts(List<TokenizedPrompt> prompts);

  /**
   * The same for prompts that guidance leads away from: for an empty one zeros, where the model was
   * trained so ({@code force_zeros_for_empty_prompt} of SDXL). The caller closes it.
   */
  default TextCondition encodeNegativePrompts(List<TokenizedPrompt> prompts) {
    return encodePrompts(prompts);
  }

  /** {@link PromptTokenizer#endOfText}. */
  default int endOfText() {
    return tokenizer().endOfText();
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
   * @param condition of a batch of b; stays the caller's
   * @return (b, c, h, w)
   */
  NDArray predict(
      NDArray latents, double[] timesteps, TextCondition condition, AttentionHooks hooks);

  /**
   * Runs the UNet as far as its observers look and no further, for losses that are made of
   * attention alone; arguments as in {@link #predict}.
   *
   * @throws IllegalArgumentException if no layer has an observer
   */
  void observe(NDArray latents, double[] timesteps, TextCondition condition, AttentionHooks hooks);

  /**
   * Begins to take gradients to what goes into the model; its weights stay constant. The caller
   * closes it.
   *
   * @param checkpointing whether activations are computed twice and not kept: a third more time,
   *     for a fraction of the memory
   * @throws IllegalStateException if this or a training scope is open in the process already
   */
  InputGradients inputGradients(boolean checkpointing);

  /** The attention layers of the UNet, in the order in which they run. */
  List<AttentionLayer> attentionSites();

  /** The forward process. */
  NoiseSchedule noiseSchedule();

  /** The base as its files hold it; readable as long as the model. */
  BaseModel base();

  /** The weights by canonical name. */
  ReadableWeights weights();

  /** Channels, height and width of latents for the model's own image size: {c, h, w}. */
  int[] latentShape();

  /** The model's own image size in pixels. */
  int imageSize();

  /** A stream of normal numbers equal to PyTorch's CPU generator with this seed. */
  NoiseSource noise(long seed);
}
