package dev.forgetmenot.editing;

import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.patch.Delta;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The difference between the weights that a model uses and those of its base. */
public final class ChangedWeights {
  private ChangedWeights() {}

  /**
   * The deltas of the weights that differ in at least one value; others are left out.
   *
   * @param names canonical names, such as {@code unet/conv_in.weight}
   * @throws ArithmeticException if a value is not finite; the message names the weight
   */
  public static Map<String, Delta> of(NamedWeights weights, Collection<String> names) {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    for (String name : names) {
      float[] delta = weights.current(name);
      float[] base = weights.base(name);
      boolean changed = false;
      for (int i = 0; i < delta.length; i++) {
        delta[i] -= base[i];
        changed |= delta[i] != 0;
        if (!Float.isFinite(delta[i])) {
          throw new ArithmeticException(
              name
                  + " has become "
                  + delta[i]
                  + " somewhere; a smaller learning rate usually helps");
        }
      }
      if (changed) {
        deltas.put(name, new Delta(weights.shape(name), delta));
      }
    }
    return deltas;
  }
}
