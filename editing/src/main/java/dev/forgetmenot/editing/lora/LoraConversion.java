package dev.forgetmenot.editing.lora;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.patch.Delta;
import dev.forgetmenot.patch.DeltaEdit;
import dev.forgetmenot.patch.LowRank;
import dev.forgetmenot.patch.LowRankEdit;
import dev.forgetmenot.patch.PatchEdit;
import dev.forgetmenot.patch.Rows;
import dev.forgetmenot.patch.TokensEdit;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Takes a LoRA file over as edits of a base: all of it or nothing. The edits are exactly the file's
 * difference of weights: its factors bit for bit, with its scale.
 */
public final class LoraConversion {
  private final LoraFile file;
  private final BaseTensors base;
  private final Map<String, LowRank> factors = new TreeMap<>();
  private final Map<String, Delta> deltas = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  private LoraConversion(LoraFile file, BaseTensors base) {
    this.file = file;
    this.base = base;
  }

  /**
   * Converts.
   *
   * @param file open
   * @param base what the edits are for
   * @return at least one edit
   * @throws IOException if the base has no such modules or other shapes, or a value is not finite;
   *     the message names them
   */
  public static List<PatchEdit> edits(LoraFile file, BaseTensors base) throws IOException {
    LoraConversion conversion = new LoraConversion(file, base);
    try {
      return conversion.run();
    } catch (IllegalArgumentException e) {
      throw new LoraException(file.where(), e.getMessage(), e);
    }
  }

  private List<PatchEdit> run() throws IOException {
    Map<LoraModule, LoraNames.Module> found = resolve();
    for (Map.Entry<LoraModule, LoraNames.Module> entry : found.entrySet()) {
      check(entry.getKey(), entry.getValue());
    }
    if (!problems.isEmpty()) {
      throw new LoraException(
          file.where(),
          "nothing is taken over, for it was made for another kind of model: "
              + LoraFile.some(problems));
    }
    for (Map.Entry<LoraModule, LoraNames.Module> entry : found.entrySet()) {
      convert(entry.getKey(), entry.getValue());
    }
    List<PatchEdit> edits = new ArrayList<>();
    if (!factors.isEmpty()) {
      edits.add(new LowRankEdit(factors));
    }
    if (!deltas.isEmpty()) {
      edits.add(new DeltaEdit(deltas));
    }
    if (!file.bundled().isEmpty()) {
      edits.add(tokens());
    }
    return edits;
  }

  private Map<LoraModule, LoraNames.Module> resolve() throws LoraException {
    LoraNames names = new LoraNames(base);
    Map<LoraModule, LoraNames.Module> found = new TreeMap<>(Comparator.comparing(LoraModule::stem));
    Map<LoraNames.Module, String> takenBy = new HashMap<>();
    List<String> unknown = new ArrayList<>();
    for (LoraModule module : file.modules().values()) {
      Optional<LoraNames.Module> target = names.find(module.stem());
      if (target.isEmpty()) {
        unknown.add(module.stem());
      } else {
        found.put(module, target.get());
        String other = takenBy.put(target.get(), module.stem());
        if (other != null) {
          throw new LoraException(
              file.where(), other + " and " + module.stem() + " are the same module");
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw new LoraException(
          file.where(),
          "nothing is taken over, for the model in "
              + base.source("unet")
              + " has no such modules: "
              + LoraFile.some(unknown)
              + "; it was made for another kind of model");
    }
    return found;
  }

  private void check(LoraModule module, LoraNames.Module target) {
    if (module.factored()) {
      long[] shape = shape(target, "weight");
      long[] down = module.tensor(LoraRole.DOWN).orElseThrow().shape();
      long[] up = module.tensor(LoraRole.UP).orElseThrow().shape();
      Optional<TensorInfo> mid = module.tensor(LoraRole.MID);
      long[] sides = mid.isEmpty() ? tail(down, 2) : tail(mid.get().shape(), 2);
      boolean fits =
          up[0] == shape[0]
              && down[1] == shape[1]
              && Arrays.equals(squeezed(sides), squeezed(tail(shape, 2)));
      if (!fits) {
        problems.add(
            module.stem()
                + " is for a weight of "
                + up[0]
                + " x "
                + down[1]
                + (sides.length == 0 ? "" : " x " + Arrays.toString(sides))
                + ", not "
                + Arrays.toString(shape));
      }
      if (Math.max(module.rank(), module.columns()) > LowRank.MAX_RANK) {
        problems.add(module.stem() + " has a rank above " + LowRank.MAX_RANK);
      }
    }
    checkFull(module, LoraRole.WEIGHT_CHANGE, target, "weight");
    checkFull(module, LoraRole.NEW_WEIGHT, target, "weight");
    checkFull(module, LoraRole.BIAS_CHANGE, target, "bias");
  }

  private void checkFull(
      LoraModule module, LoraRole role, LoraNames.Module target, String parameter) {
    Optional<TensorInfo> tensor = module.tensor(role);
    if (tensor.isEmpty()) {
      return;
    }
    if (!base.names(target.component()).contains(target.name() + "." + parameter)) {
      problems.add(tensor.get().name() + " is for a " + parameter + " that the model has not");
    } else if (!Arrays.equals(squeezed(tensor.get().shape()), squeezed(shape(target, parameter)))) {
      problems.add(
          tensor.get().name()
              + " is "
              + Arrays.toString(tensor.get().shape())
              + ", not "
              + Arrays.toString(shape(target, parameter)));
    }
  }

  private void convert(LoraModule module, LoraNames.Module target) throws IOException {
    if (module.factored()) {
      factors.put(target.target("weight"), lowRank(module, target));
    }
    Optional<TensorInfo> change = module.tensor(LoraRole.WEIGHT_CHANGE);
    if (change.isPresent()) {
      deltas.put(target.target("weight"), delta(target, "weight", file.floats(change.get())));
    }
    Optional<TensorInfo> weight = module.tensor(LoraRole.NEW_WEIGHT);
    if (weight.isPresent()) {
      float[] before = base.floats(target.component(), target.name() + ".weight");
      float[] after = file.floats(weight.get());
      for (int i = 0; i < after.length; i++) {
        after[i] = (float) ((double) after[i] - before[i]);
      }
      deltas.put(target.target("weight"), delta(target, "weight", after));
    }
    Optional<TensorInfo> bias = module.tensor(LoraRole.BIAS_CHANGE);
    if (bias.isPresent()) {
      deltas.put(target.target("bias"), delta(target, "bias", file.floats(bias.get())));
    }
  }

  private Delta delta(LoraNames.Module target, String parameter, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            target.target(parameter) + " gets " + value + ", which is not finite");
      }
    }
    return new Delta(shape(target, parameter), values);
  }

  private LowRank lowRank(LoraModule module, LoraNames.Module target) throws IOException {
    float[] down = file.floats(module.tensor(LoraRole.DOWN).orElseThrow());
    float[] up = file.floats(module.tensor(LoraRole.UP).orElseThrow());
    Optional<TensorInfo> mid = module.tensor(LoraRole.MID);
    if (mid.isPresent()) {
      down = throughCore(file.floats(mid.get()), module.columns(), module.rank(), down);
    }
    double alpha = alpha(module, target);
    // The scale is alpha by the rows of down; a core has another number of columns of up.
    alpha = alpha * module.columns() / module.rank();
    if (alpha < 0) {
      alpha = -alpha;
      for (int i = 0; i < up.length; i++) {
        up[i] = -up[i];
      }
    }
    return new LowRank(shape(target, "weight"), module.columns(), alpha, down, up);
  }

  private double alpha(LoraModule module, LoraNames.Module target) throws IOException {
    Optional<Double> given = file.alpha(module);
    if (given.isEmpty()) {
      given = file.scale().alpha(target.component(), target.name(), module.rank());
    }
    return given.filter(alpha -> alpha != 0).orElse((double) module.rank());
  }

  /**
   * The core joined with down: element (n, i, y, x) is the sum over m of mid (n, m, y, x) times
   * down (m, i).
   */
  private static float[] throughCore(float[] mid, int columns, int rank, float[] down) {
    int inputs = down.length / rank;
    int sides = mid.length / (columns * rank);
    float[] joined = new float[Math.multiplyExact(Math.multiplyExact(columns, inputs), sides)];
    for (int n = 0; n < columns; n++) {
      for (int i = 0; i < inputs; i++) {
        for (int s = 0; s < sides; s++) {
          double sum = 0;
          for (int m = 0; m < rank; m++) {
            sum += (double) mid[(n * rank + m) * sides + s] * down[m * inputs + i];
          }
          joined[(n * inputs + i) * sides + s] = (float) sum;
        }
      }
    }
    return joined;
  }

  private TokensEdit tokens() throws IOException {
    Map<String, Rows> tokens = new TreeMap<>();
    for (Map.Entry<String, String> entry : file.bundled().entrySet()) {
      TensorInfo tensor = file.tensor(entry.getValue());
      long[] shape = tensor.shape();
      if (shape.length < 1 || shape.length > 2 || tensor.elements() < 1) {
        throw new LoraException(
            file.where(), tensor.name() + " should be rows, not " + Arrays.toString(shape));
      }
      int count = shape.length == 1 ? 1 : Math.toIntExact(shape[0]);
      int width = Math.toIntExact(shape[shape.length - 1]);
      tokens.put(entry.getKey(), new Rows(count, width, file.floats(tensor)));
    }
    return new TokensEdit(tokens);
  }

  private long[] shape(LoraNames.Module target, String parameter) {
    return base.shape(target.component(), target.name() + "." + parameter);
  }

  private static long[] tail(long[] shape, int first) {
    return Arrays.copyOfRange(shape, Math.min(first, shape.length), shape.length);
  }

  /** Without sides of 1 at the end: a linear layer may be stored as a 1 × 1 convolution. */
  private static long[] squeezed(long[] shape) {
    int length = shape.length;
    while (length > 0 && shape[length - 1] == 1) {
      length--;
    }
    return Arrays.copyOf(shape, length);
  }
}
