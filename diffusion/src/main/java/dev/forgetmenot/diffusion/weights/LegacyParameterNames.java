package dev.forgetmenot.diffusion.weights;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names in files of all ages, to the canonical ones. */
final class LegacyParameterNames {
  private static final Pattern VAE_ATTENTION =
      Pattern.compile("(.*\\.attentions\\.\\d+\\.)(query|key|value|proj_attn)(\\.(?:weight|bias))");
  private static final Map<String, String> VAE_PARTS =
      Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

  /** What the names of all text encoders begin with: a second one has a number behind it. */
  private static final String TEXT_ENCODER = "text_encoder";

  /** What a whole CLIP has beside its text encoder; no image needs it. */
  private static final Pattern NOT_OF_TEXT =
      Pattern.compile("(vision_model|visual_projection|text_projection|logit_scale)(\\..*)?");

  private LegacyParameterNames() {}

  /** Whether a tensor that the architecture of a component lacks has no effect on images. */
  static boolean withoutEffect(String component, String name) {
    return component.startsWith(TEXT_ENCODER) && NOT_OF_TEXT.matcher(name).matches();
  }

  /** The canonical name, or nothing for buffers that hold no weights. */
  static Optional<String> canonical(String component, String stored) {
    if (stored.endsWith("position_ids")) {
      return Optional.empty();
    }
    if (component.startsWith(TEXT_ENCODER) && NOT_OF_TEXT.matcher(stored).matches()) {
      return Optional.of(stored);
    }
    if (component.startsWith(TEXT_ENCODER) && !stored.startsWith("text_model.")) {
      return Optional.of("text_model." + stored);
    }
    if (component.equals("safety_checker")) { // its tower was a model inside a model
      return Optional.of(stored.replaceFirst("^vision_model\\.vision_model\\.", "vision_model."));
    }
    if (component.equals("vae")) {
      Matcher old = VAE_ATTENTION.matcher(stored);
      if (old.matches()) {
        return Optional.of(old.group(1) + VAE_PARTS.get(old.group(2)) + old.group(3));
      }
    }
    return Optional.of(stored);
  }
}
