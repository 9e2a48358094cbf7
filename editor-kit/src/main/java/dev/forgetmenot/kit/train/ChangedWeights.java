package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.ScratchValues;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The difference between the weights that a model uses and those of its base. It outlasts the
 * training: small ones are kept on the heap, large ones in a file without a name, of which one
 * tensor is read at a time.
 */
public final class ChangedWeights {
  /** Up to so many values stay on the heap. */
  private static final long ON_HEAP = 1 << 24;

  private ChangedWeights() {}

  /**
   * The deltas of the weights that differ in at least one value; others are left out.
   *
   * @param names canonical names, such as {@code unet/conv_in.weight}
   * @param half whether a patch stores them as halves
   * @param context of the job: a large difference is kept beside its checkpoint, or else in the
   *     system's folder for temporary files, four bytes a value
   * @throws ArithmeticException if a value is not finite; the message names the weight
   * @throws IOException if the disk is too full for them
   */
  public static Map<String, Delta> of(
      NamedWeights weights, Collection<String> names, boolean half, JobContext context)
      throws IOException {
    long values = 0;
    for (String name : names) {
      values += TensorInfo.elements(weights.shape(name));
    }
    return of(weights, names, half, values > ON_HEAP ? kept(context) : delta -> () -> delta);
  }

  /** Keeps the values of one tensor. */
  private interface Keeper {
    Delta.Values keep(float[] values) throws IOException;
  }

  private static Keeper kept(JobContext context) throws IOException {
    Path folder =
        context
            .checkpoint()
            .map(file -> file.toAbsolutePath().getParent())
            .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
    return ScratchValues.in(folder)::keep;
  }

  private static Map<String, Delta> of(
      NamedWeights weights, Collection<String> names, boolean half, Keeper keeper)
      throws IOException {
    Map<String, Delta> deltas = new LinkedHashMap<>();
    for (String name : names) {
      // In a method of its own: no two tensors are reachable at a time.
      Delta.Values values = changed(weights, name, keeper);
      if (values != null) {
        deltas.put(name, new Delta(weights.shape(name), values, half));
      }
    }
    return deltas;
  }

  /** The difference of one weight; null where there is none. */
  private static Delta.Values changed(NamedWeights weights, String name, Keeper keeper)
      throws IOException {
    float[] delta = weights.current(name);
    float[] base = weights.base(name);
    boolean changed = false;
    for (int i = 0; i < delta.length; i++) {
      delta[i] -= base[i];
      changed |= delta[i] != 0;
      if (!Float.isFinite(delta[i])) {
        throw new ArithmeticException(
            name + " has become " + delta[i] + " somewhere; a smaller learning rate usually helps");
      }
    }
    return changed ? keeper.keep(delta) : null;
  }
}
