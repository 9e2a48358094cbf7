package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Where checkpoints of one architecture keep the tensors of a component. Canonical names are
 * without the component, names of checkpoints with their prefix.
 */
public final class LdmNames {
  /** What the names of the UNet begin with. */
  public static final String UNET = "model.diffusion_model.";

  /** What the names of the autoencoder begin with. */
  public static final String VAE = "first_stage_model.";

  /** What the names of CLIP's text encoder begin with (1.x). */
  public static final String CLIP = "cond_stage_model.transformer.";

  /** What the names of OpenCLIP's text encoder begin with (2.x). */
  public static final String OPEN_CLIP = "cond_stage_model.model.";

  private final Map<String, LdmTensor> originals = new LinkedHashMap<>();

  private LdmNames(Iterable<String> names, Function<String, LdmTensor> rule) {
    Map<LdmTensor, String> canonicals = new HashMap<>();
    for (String canonical : names) {
      LdmTensor original = rule.apply(canonical);
      originals.put(canonical, original);
      String taken = canonicals.put(original, canonical);
      if (taken != null) {
        throw new IllegalStateException(taken + " and " + canonical + " are both " + original);
      }
    }
  }

  /** The names of a UNet. */
  public static LdmNames unet(UNetConfig config) {
    LdmUNet modules = new LdmUNet(config);
    return new LdmNames(
        UNet2DConditionModel.parameterShapes(config).keySet(),
        name -> LdmTensor.whole(UNET + modules.original(name)));
  }

  /** The names of an autoencoder. */
  public static LdmNames vae(VaeConfig config) {
    LdmVae modules = new LdmVae(config);
    return new LdmNames(
        AutoencoderKL.parameterShapes(config).keySet(),
        name -> LdmTensor.whole(VAE + modules.original(name)));
  }

  /**
   * The names of a text encoder as HuggingFace's CLIP has them.
   *
   * @param prefix before {@code text_model.}, or in its place in old files
   * @param old true in files of early days, which lack {@code text_model.}
   */
  static LdmNames clip(TextEncoderConfig config, String prefix, boolean old) {
    return new LdmNames(
        ClipTextEncoder.parameterShapes(config).keySet(),
        name -> LdmTensor.whole(prefix + (old ? name.substring("text_model.".length()) : name)));
  }

  static LdmNames openClip(TextEncoderConfig config, String prefix) {
    return new LdmNames(
        ClipTextEncoder.parameterShapes(config).keySet(),
        name -> OpenClipNames.original(prefix, name));
  }

  /** The checkpoint's tensors by canonical name, in the order of the architecture. */
  public Map<String, LdmTensor> originals() {
    return Collections.unmodifiableMap(originals);
  }
}
