package dev.forgetmenot.patching.lora;

import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** dW of edits in plain loops, and numbers to make factors of. */
final class Dense {
  private Dense() {}

  static float[] random(long seed, long... shape) {
    int size = 1;
    for (long side : shape) {
      size *= (int) side;
    }
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() / 8;
    }
    return values;
  }

  /** scale · up (out, r) · down (r, in). */
  static double[] product(double scale, int out, int rank, int in, float[] up, float[] down) {
    double[] product = new double[out * in];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        double sum = 0;
        for (int r = 0; r < rank; r++) {
          sum += (double) up[o * rank + r] * down[r * in + i];
        }
        product[o * in + i] = scale * sum;
      }
    }
    return product;
  }

  /** What edits add, by target. */
  static Map<String, double[]> of(List<PatchEdit> edits) {
    Map<String, double[]> dense = new TreeMap<>();
    for (PatchEdit edit : edits) {
      if (edit instanceof LowRankEdit lowRank) {
        lowRank.factors().forEach((target, f) -> dense.put(target, of(f)));
      } else if (edit instanceof DeltaEdit delta) {
        for (Map.Entry<String, Delta> entry : delta.deltas().entrySet()) {
          float[] values = entry.getValue().values();
          double[] wide = new double[values.length];
          for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
          }
          dense.put(entry.getKey(), wide);
        }
      }
    }
    return dense;
  }

  static double[] of(LowRank f) {
    int out = (int) f.shape()[0];
    int in = f.down().length / f.rank();
    return product(f.alpha() / f.rank(), out, f.rank(), in, f.up(), f.down());
  }

  /** The norm of the difference of two, by the norm of the first. */
  static double apart(double[] expected, double[] found) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (expected[i] - found[i]) * (expected[i] - found[i]);
      size += expected[i] * expected[i];
    }
    return Math.sqrt(difference / size);
  }
}
