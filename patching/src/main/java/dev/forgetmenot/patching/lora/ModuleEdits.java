package dev.forgetmenot.patching.lora;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.safetensors.StoredBytes;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The edits that an adapter file becomes on a base. Values in full are computed each time they are
 * asked for, so that no more than one tensor's are there at a time; the file and the base must be
 * open until then.
 */
final class ModuleEdits {
  /** Computes the values of one tensor. */
  @FunctionalInterface
  interface Values {
    double[] compute() throws IOException;
  }

  static final String WEIGHT = "weight";
  static final String BIAS = "bias";

  private final LoraFile file;
  private final BaseTensors base;
  private final Map<String, LowRank> factors = new TreeMap<>();
  private final Map<String, Delta> deltas = new TreeMap<>();

  ModuleEdits(LoraFile file, BaseTensors base) {
    this.file = file;
    this.base = base;
  }

  /** Products by target. */
  Map<String, LowRank> factors() {
    return factors;
  }

  /** Values by target. */
  Map<String, Delta> deltas() {
    return deltas;
  }

  /**
   * Adds what a module changes.
   *
   * @param module of shapes that fit the base
   * @throws IOException if a value cannot be read, or the configuration does not fit the factors
   * @throws IllegalArgumentException if a value is not finite
   */
  void add(LoraModule module, LoraKeyMapping.Module target) throws IOException {
    new ModuleImport(file, module, target, this).run();
  }

  /** A tensor of the file as the change of a parameter. */
  void stored(TensorInfo tensor, LoraKeyMapping.Module target, String parameter) {
    floats(target, parameter, () -> file.floats(tensor));
  }

  /** A tensor of the file in the place of a parameter. */
  void replaced(TensorInfo tensor, LoraKeyMapping.Module target, String parameter) {
    floats(
        target,
        parameter,
        () -> {
          float[] values = base(target, parameter);
          for (int first = 0; first < values.length; first += StoredBytes.PIECE) {
            int count = Math.min(StoredBytes.PIECE, values.length - first);
            double[] after = file.doubles(tensor, first, count);
            for (int i = 0; i < count; i++) {
              values[first + i] = (float) (after[i] - values[first + i]);
            }
          }
          return values;
        });
  }

  /** Values that are computed in double. */
  void values(LoraKeyMapping.Module target, String parameter, Values values) {
    floats(
        target,
        parameter,
        () -> {
          double[] computed = values.compute();
          float[] floats = new float[computed.length];
          for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) computed[i];
          }
          return floats;
        });
  }

  /** Values that need no doubles of the whole tensor. */
  void floats(LoraKeyMapping.Module target, String parameter, Delta.Values values) {
    Delta.Values checked =
        () -> {
          float[] floats = values.values();
          for (float value : floats) {
            if (!Float.isFinite(value)) {
              throw new LoraException(
                  file.where(),
                  target.target(parameter) + " gets " + value + ", which is not finite");
            }
          }
          return floats;
        };
    deltas.put(target.target(parameter), new Delta(shape(target, parameter), checked, false));
  }

  /** Factors. Takes the sign of the scale into up: a patch's alpha is above 0. */
  void put(LoraKeyMapping.Module target, int rank, double alpha, float[] down, float[] up) {
    float[] signed = up;
    if (alpha < 0) {
      signed = up.clone();
      for (int i = 0; i < signed.length; i++) {
        signed[i] = -signed[i];
      }
    }
    factors.put(
        target.target(WEIGHT),
        new LowRank(shape(target, WEIGHT), rank, Math.abs(alpha), down, signed));
  }

  /** The weight of the base as {@code flatten(1)} makes it (out × in). */
  Matrix weight(LoraKeyMapping.Module target) throws IOException {
    float[] values = base(target, WEIGHT);
    int rows = Math.toIntExact(shape(target, WEIGHT)[0]);
    return Matrix.of(rows, values.length / rows, values);
  }

  /** The base's values of a parameter, which may be written to. */
  float[] base(LoraKeyMapping.Module target, String parameter) throws IOException {
    return base.floats(target.component(), target.name() + "." + parameter);
  }

  boolean has(LoraKeyMapping.Module target, String parameter) {
    return base.names(target.component()).contains(target.name() + "." + parameter);
  }

  long[] shape(LoraKeyMapping.Module target, String parameter) {
    return base.shape(target.component(), target.name() + "." + parameter);
  }
}
