package dev.forgetmenot.patch.edit;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which of a cross attention's projections of the text an edit changes. */
public enum TextProjections {
  /** Keys: where the image looks. */
  K,
  /** Values: what it sees there. */
  V,
  /** Both. */
  KV;

  private static final String KEYS = "unet/*.attn2.to_k.weight";
  private static final String VALUES = "unet/*.attn2.to_v.weight";

  /** Patterns of these projections in every cross attention of a UNet. */
  public List<String> targets() {
    return switch (this) {
      case K -> List.of(KEYS);
      case V -> List.of(VALUES);
      case KV -> List.of(KEYS, VALUES);
    };
  }

  /** The word of manifests: {@code k}, {@code v} or {@code kv}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The sides that a word names. */
  public static Optional<TextProjections> of(String word) {
    return Arrays.stream(values()).filter(sides -> sides.word().equals(word)).findFirst();
  }
}
