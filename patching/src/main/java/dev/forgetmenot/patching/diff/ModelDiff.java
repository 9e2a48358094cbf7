package dev.forgetmenot.patching.diff;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.EightBitFloats;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.StoredBytes;
import dev.forgetmenot.safetensors.StoredFloats;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What differs between a base and edited tensors. Equal bytes are not looked into; other values are
 * read in pieces when they are asked for: a model of any size takes the memory of its largest
 * tensors. May be used by several threads at once.
 */
public final class ModelDiff {

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
      return TensorInfo.elements(shape);
    }

    /** Whether it can be factored: a matrix or a convolution. */
    boolean factored() {
      return shape.length == 2 || shape.length == 4;
    }
  }

  private final BaseTensors base;
  private final EditedTensors edited;
  private final List<Changed> changed;

  private ModelDiff(BaseTensors base, EditedTensors edited, List<Changed> changed) {
    this.base = base;
    this.edited = edited;
    this.changed = List.copyOf(changed);
  }

  /**
   * Compares, on all cores.
   *
   * @param edited all of its tensors are in the base, or else it is another kind of model
   * @param context gets the progress, and may stop it
   * @throws IOException if names or shapes differ, or a value is not finite; the message names them
   */
  public static ModelDiff between(BaseTensors base, EditedTensors edited, JobContext context)
      throws IOException {
    refuseOtherModels(base, edited);
    List<Changed> changed = new ArrayList<>();
    ModelDiff difference = new ModelDiff(base, edited, changed);
    TensorWork.forEach(
        List.copyOf(edited.targets()),
        target -> 0,
        difference::compare,
        found -> found.ifPresent(changed::add),
        context,
        "compare");
    changed.sort(Comparator.comparing(Changed::target));
    return new ModelDiff(base, edited, changed);
  }

  private static void refuseOtherModels(BaseTensors base, EditedTensors edited) throws IOException {
    List<String> problems = new ArrayList<>();
    for (String target : edited.targets()) {
      Set<String> names = base.names(TensorName.component(target));
      if (!names.contains(TensorName.name(target))) {
        problems.add(target + " is not in the base");
      } else if (!Arrays.equals(
          edited.shape(target),
          base.shape(TensorName.component(target), TensorName.name(target)))) {
        problems.add(
            target
                + " is "
                + Arrays.toString(edited.shape(target))
                + ", in the base "
                + Arrays.toString(
                    base.shape(TensorName.component(target), TensorName.name(target))));
      }
    }
    if (!problems.isEmpty()) {
      throw new IOException(
          "these are not two states of one model: " + Message.some("; ", problems));
    }
  }

  private Optional<Changed> compare(String target) throws IOException {
    String component = TensorName.component(target);
    String name = TensorName.name(target);
    DType dtype = edited.dtype(target);
    if (dtype == base.dtype(component, name)
        && base.stored(component, name).sameAs(edited.stored(target), bytes(target))) {
      return Optional.empty();
    }
    Sums sums = new Sums(target, dtype);
    forEachPiece(target, (first, before, after, count) -> sums.add(before, after, count));
    return sums.same
        ? Optional.empty()
        : Optional.of(
            new Changed(
                target,
                edited.shape(target),
                Math.sqrt(sums.norm),
                Math.sqrt(sums.noise / 12), // of an error even within half a step up and down
                Math.sqrt(sums.weight)));
  }

  private long bytes(String target) {
    return TensorInfo.elements(edited.shape(target)) * edited.dtype(target).bytes();
  }

  /** Some values of a tensor before and after, from the first on. */
  @FunctionalInterface
  private interface Piece {
    void add(int first, float[] before, float[] after, int count) throws IOException;
  }

  private void forEachPiece(String target, Piece piece) throws IOException {
    String component = TensorName.component(target);
    String name = TensorName.name(target);
    StoredFloats values = base.values(component, name);
    StoredBytes others = edited.stored(target);
    DType dtype = edited.dtype(target);
    float[] before = new float[Math.min(StoredBytes.PIECE, values.size())];
    float[] after = new float[before.length];
    for (int first = 0; first < values.size(); first += before.length) {
      int count = Math.min(before.length, values.size() - first);
      values.read(first, before, 0, count);
      others.floats(dtype, first, after, 0, count);
      piece.add(first, before, after, count);
    }
  }

  /** What is summed up over a tensor. */
  private static final class Sums {
    private final String target;
    private final DType dtype;
    private boolean same = true;
    private double norm;
    private double noise;
    private double weight;

    Sums(String target, DType dtype) {
      this.target = target;
      this.dtype = dtype;
    }

    void add(float[] before, float[] after, int count) throws IOException {
      for (int i = 0; i < count; i++) {
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
    }
  }

  /** A value as a file of a type holds it. */
  static float rounded(DType dtype, float value) {
    return switch (dtype) {
      case F16 -> HalfFloats.halfToFloat(HalfFloats.floatToHalf(value));
      case BF16 -> HalfFloats.bfloat16ToFloat(HalfFloats.floatToBfloat16(value));
      case F8_E4M3 -> EightBitFloats.e4m3ToFloat(EightBitFloats.doubleToE4m3(value));
      case F8_E5M2 -> EightBitFloats.e5m2ToFloat(EightBitFloats.doubleToE5m2(value));
      default -> value; // F32, and F64, whose values are read as floats
    };
  }

  /** The step between values of a type near a value. */
  private static double ulp(DType dtype, float value) {
    int exponent = Math.max(Math.getExponent(value), Float.MIN_EXPONENT);
    return switch (dtype) {
      case F16 -> powerOfTwo(Math.max(exponent, -14) - 10);
      case BF16 -> powerOfTwo(exponent - 7);
      case F8_E4M3 -> powerOfTwo(Math.max(exponent, -6) - 3);
      case F8_E5M2 -> powerOfTwo(Math.max(exponent, -14) - 2);
      default -> powerOfTwo(exponent - 23);
    };
  }

  private static double powerOfTwo(int exponent) {
    return Double.longBitsToDouble((long) (exponent + 1023) << 52);
  }

  /** The tensors that differ, sorted by name. */
  public List<Changed> changed() {
    return changed;
  }

  /** W. */
  float[] base(String target) throws IOException {
    return base.floats(TensorName.component(target), TensorName.name(target));
  }

  /** The type of the edited file. */
  DType dtype(String target) {
    return edited.dtype(target);
  }

  /** Names of the base's tensors of a component. */
  Set<String> names(String component) {
    return base.names(component);
  }

  /** W' − W, row-major, rounded to float, which takes nothing from what 16 bits differ by. */
  float[] delta(Changed tensor) throws IOException {
    float[] delta = new float[Math.toIntExact(tensor.size())];
    forEachPiece(
        tensor.target(),
        (first, before, after, count) -> {
          for (int i = 0; i < count; i++) {
            delta[first + i] = (float) ((double) after[i] - before[i]);
          }
        });
    return delta;
  }
}
