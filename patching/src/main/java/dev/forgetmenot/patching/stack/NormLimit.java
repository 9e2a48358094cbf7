package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.StoredFloats;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Refuses a change of a weight that is too large a share of the weight itself and of what a weight
 * of its size usually is in its component: |dW| ≤ share · max(|W|, rms · √n).
 *
 * <p>The share is {@link #VALUES}, a half, for values and factors. Projectors and closed forms get
 * {@link #TEXT}: what they add in directions that no text has counts in the norm and changes
 * nothing. Right oblique projectors of a small model were measured at up to 3.8 of |W|.
 */
final class NormLimit {
  /** For edits that hold values or factors of a weight. */
  static final double VALUES = 0.5;

  /** For edits of text embeddings. */
  static final double TEXT = 32;

  private final BaseTensors base;
  private final Map<String, Double> rms = new HashMap<>();

  NormLimit(BaseTensors base) {
    this.base = base;
  }

  /**
   * One weight whose changes are checked.
   *
   * @param target full name
   * @param weight W
   */
  Checked of(String target, StoredFloats weight) throws IOException {
    return new Checked(target, weight.norm(), weight.size());
  }

  /** One weight; its size is worked out once. */
  final class Checked {
    private final String target;
    private final double size;
    private final int count;

    private Checked(String target, double size, int count) {
      this.target = target;
      this.size = size;
      this.count = count;
    }

    /**
     * Checks one change.
     *
     * @param share {@link #VALUES} or {@link #TEXT}
     * @param where the patch or patches that make it
     * @param change |dW|
     * @throws PatchFormatException FMN-308
     */
    void check(double share, String where, double change) throws IOException {
      double own = share * size;
      if (change <= own) {
        return;
      }
      double usual = share * rms(target) * Math.sqrt(count);
      if (change > usual) {
        throw new PatchFormatException(
            PatchError.NORM_LIMIT,
            where,
            Message.of(
                "changes %s by %.3g (limit %.3g); lower the strength, or pass --force-patches",
                target, change, Math.max(own, usual)));
      }
    }
  }

  /** Root of the mean square of all weights of the target's component. Read once, if ever. */
  private double rms(String target) throws IOException {
    String component = TensorName.component(target);
    Double known = rms.get(component);
    if (known == null) {
      double square = 0;
      long count = 0;
      for (String name : base.names(component)) {
        StoredFloats values = base.values(component, name);
        double norm = values.norm();
        square += norm * norm;
        count += values.size();
      }
      known = Math.sqrt(square / count);
      rms.put(component, known);
    }
    return known;
  }
}
