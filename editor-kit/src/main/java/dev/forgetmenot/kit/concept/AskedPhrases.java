package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.safetensors.TensorInfo;
import java.util.List;

/**
 * How many phrases of a vocabulary a model's text encoders are asked about. All of them, but for
 * large text encoders: those of Stable Diffusion XL multiply 126 billion numbers for a prompt, and
 * would take ten minutes of two cores for the list {@code core}.
 */
public final class AskedPhrases {
  /** What the text encoders of one model may have for a whole list; those of 2.x have 0.34e9. */
  private static final long LARGEST = 500_000_000;

  private static final int FEW = 24; // a quarter of a minute of two cores with those of XL

  private AskedPhrases() {}

  /** The phrases, or a few that are spread evenly over them. */
  public static <T> List<T> of(BaseModel base, List<T> phrases) {
    return all(base) ? phrases : EvenSpread.of(FEW, phrases);
  }

  /** Whether the text encoders are small enough to be asked about whole lists. */
  public static boolean all(BaseModel base) {
    return base.textEncoders().stream()
            .mapToLong(encoder -> numbers(base, encoder.component()))
            .sum()
        <= LARGEST;
  }

  private static long numbers(BaseModel base, String component) {
    return base.tensors().names(component).stream()
        .mapToLong(name -> TensorInfo.elements(base.tensors().shape(component, name)))
        .sum();
  }
}
