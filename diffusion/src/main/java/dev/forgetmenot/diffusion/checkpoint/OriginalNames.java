package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The names of a component's tensors in checkpoints, both ways, for one architecture. Canonical
 * names are without the component, names of checkpoints with their prefix.
 */
public final class OriginalNames {
  /** What the names of the UNet begin with. */
  public static final String UNET = "model.diffusion_model.";

  /** What the names of the autoencoder begin with. */
  public static final String VAE = "first_stage_model.";

  /** What the names of CLIP's text encoder begin with (1.x). */
  public static final String CLIP = "cond_stage_model.transformer.";

  /** What the names of OpenCLIP's text encoder begin with (2.x). */
  public static final String OPEN_CLIP = "cond_stage_model.model.";

  private final Map<String, OriginalTensor> originals = new LinkedHashMap<>();
  private final Map<String, Map<Integer, String>> canonicals = new LinkedHashMap<>();

  private OriginalNames(Iterable<String> names, Function<String, OriginalTensor> rule) {
    for (String canonical : names) {
      OriginalTensor original = rule.apply(canonical);
      originals.put(canonical, original);
      String taken =
          canonicals
              .computeIfAbsent(original.name(), name -> new TreeMap<>())
              .put(original.part(), canonical);
      if (taken != null) {
        throw new IllegalStateException(taken + " and " + canonical + " are both " + original);
      }
    }
  }

  /** The names of a UNet. */
  public static OriginalNames unet(UNetConfig config) {
    OriginalUNet modules = new OriginalUNet(config);
    return new OriginalNames(
        UNet2DConditionModel.parameterShapes(config).keySet(),
        name -> OriginalTensor.whole(UNET + modules.original(name)));
  }

  /** The names of an autoencoder. */
  public static OriginalNames vae(VaeConfig config) {
    OriginalVae modules = new OriginalVae(config);
    return new OriginalNames(
        AutoencoderKL.parameterShapes(config).keySet(),
        name -> OriginalTensor.whole(VAE + modules.original(name)));
  }

  /**
   * The names of a text encoder as HuggingFace's CLIP has them.
   *
   * @param prefix before {@code text_model.}, or in its place in old files
   * @param old true in files of early days, which lack {@code text_model.}
   */
  static OriginalNames clip(TextEncoderConfig config, String prefix, boolean old) {
    return new OriginalNames(
        ClipTextEncoder.parameterShapes(config).keySet(),
        name ->
            OriginalTensor.whole(prefix + (old ? name.substring("text_model.".length()) : name)));
  }

  /** The names of a text encoder of 1.x. */
  public static OriginalNames clip(TextEncoderConfig config) {
    return clip(config, CLIP, false);
  }

  /** The names of a text encoder of 2.x. */
  public static OriginalNames openClip(TextEncoderConfig config) {
    return openClip(config, OPEN_CLIP);
  }

  static OriginalNames openClip(TextEncoderConfig config, String prefix) {
    return new OriginalNames(
        ClipTextEncoder.parameterShapes(config).keySet(),
        name -> OriginalOpenClip.original(prefix, name));
  }

  /** The checkpoint's tensors by canonical name, in the order of the architecture. */
  public Map<String, OriginalTensor> originals() {
    return Collections.unmodifiableMap(originals);
  }

  /**
   * Where a checkpoint keeps a tensor.
   *
   * @throws IllegalArgumentException if the architecture has no such tensor
   */
  public OriginalTensor original(String canonical) {
    OriginalTensor original = originals.get(canonical);
    if (original == null) {
      throw new IllegalArgumentException("the architecture has no tensor " + canonical);
    }
    return original;
  }

  /**
   * The canonical names of what a checkpoint's tensor holds: one, or those of its parts in order.
   *
   * @return empty if the architecture has no such tensor
   */
  public List<String> canonical(String original) {
    return List.copyOf(canonicals.getOrDefault(original, Map.of()).values());
  }
}
