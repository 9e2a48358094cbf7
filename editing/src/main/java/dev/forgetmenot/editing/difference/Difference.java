package dev.forgetmenot.editing.difference;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What differs between a base and edited tensors. Values are read when they are asked for, one
 * tensor at a time: a model of any size takes the memory of its largest tensors.
 */
public final class Difference {
  private static final int SHOWN = 5;

  /**
   * A tensor that differs by more than the rounding of its file.
   *
   * @param target full name
   * @param shape of both
   * @param norm of dW
   * @param noise the norm that rounding to the edited file's type gives to dW, in the mean
   * @param weight the norm of W
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  public record Changed(String target, long[] shape, double norm, double noise, double weight) {
    /** Rows of the tensor as a matrix. */
    int outputs() {
      return Math.toIntExact(shape[0]);
    }

    /** Number of values. */
    long size() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** Whether it can be factored: a matrix or a convolution. */
    boolean factored() {
      return shape.length == 2 || shape.length == 4;
    }
  }

  private final BaseTensors base;
  private final EditedTensors edited;
  private final List<Changed> changed;

  private Difference(BaseTensors base, EditedTensors edited, List<Changed> changed) {
    this.base = base;
    this.edited = edited;
    this.changed = List.copyOf(changed);
  }

  /**
   * Compares.
   *
   * @param edited all of its tensors are in the base, or else it is another kind of model
   * @param context is told how far it has come, and may stop it
   * @throws IOException if names or shapes differ, or a value is not finite; the message names them
   */
  public static Difference between(BaseTensors base, EditedTensors edited, JobContext context)
      throws IOException {
    List<String> problems = new ArrayList<>();
    for (String target : edited.targets()) {
      Set<String> names = base.names(Target.component(target));
      if (!names.contains(Target.name(target))) {
        problems.add(target + " is not in the base");
      } else if (!Arrays.equals(
          edited.shape(target), base.shape(Target.component(target), Target.name(target)))) {
        problems.add(
            target
                + " is "
                + Arrays.toString(edited.shape(target))
                + ", in the base "
                + Arrays.toString(base.shape(Target.component(target), Target.name(target))));
      }
    }
    if (!problems.isEmpty()) {
      String more = problems.size() > SHOWN ? " and " + (problems.size() - SHOWN) + " more" : "";
      throw new IOException(
          "these are not two states of one model: "
              + String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())))
              + more);
    }
    List<Changed> changed = new ArrayList<>();
    Difference difference = new Difference(base, edited, changed);
    int done = 0;
    for (String target : new TreeSet<>(edited.targets())) {
      context.checkCancelled();
      difference.compare(target, changed);
      context.progress("compare", ++done, edited.targets().size());
    }
    return new Difference(base, edited, changed);
  }

  private void compare(String target, List<Changed> changed) throws IOException {
    float[] before = base(target);
    float[] after = edited.floats(target);
    DType dtype = edited.dtype(target);
    boolean same = true;
    double norm = 0;
    double noise = 0;
    double weight = 0;
    for (int i = 0; i < before.length; i++) {
      if (!Float.isFinite(after[i])) {
        throw new IOException(target + " holds " + after[i] + ", which is not finite");
      }
      same &= rounded(dtype, before[i]) == after[i];
      double difference = (double) after[i] - before[i];
      double ulp = ulp(dtype, after[i]);
      norm += difference * difference;
      noise += ulp * ulp;
      weight += (double) before[i] * before[i];
    }
    if (!same) {
      changed.add(
          new Changed(
              target,
              edited.shape(target),
              Math.sqrt(norm),
              Math.sqrt(noise / 12), // of an error that is even within half a step up and down
              Math.sqrt(weight)));
    }
  }

  private static float rounded(DType dtype, float value) {
    return switch (dtype) {
      case F16 -> HalfFloats.halfToFloat(HalfFloats.floatToHalf(value));
      case BF16 -> HalfFloats.bfloat16ToFloat(HalfFloats.floatToBfloat16(value));
      default -> value;
    };
  }

  /** The step between values of a type near a value. */
  private static double ulp(DType dtype, float value) {
    int exponent = value == 0 ? Float.MIN_EXPONENT : Math.getExponent(value);
    return switch (dtype) {
      case F16 -> Math.scalb(1.0, Math.max(exponent, -14) - 10);
      case BF16 -> Math.scalb(1.0, Math.max(exponent, Float.MIN_EXPONENT) - 7);
      default -> Math.scalb(1.0, Math.max(exponent, Float.MIN_EXPONENT) - 23);
    };
  }

  /** The tensors that differ, sorted by name. */
  public List<Changed> changed() {
    return changed;
  }

  /** W. */
  float[] base(String target) throws IOException {
    return base.floats(Target.component(target), Target.name(target));
  }

  /** Names of the base's tensors of a component. */
  Set<String> names(String component) {
    return base.names(component);
  }

  /** W' − W, row-major. */
  double[] delta(String target) throws IOException {
    float[] before = base(target);
    float[] after = edited.floats(target);
    double[] delta = new double[before.length];
    for (int i = 0; i < delta.length; i++) {
      delta[i] = (double) after[i] - before[i];
    }
    return delta;
  }
}
