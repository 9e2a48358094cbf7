package dev.forgetmenot.patching.lora;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.safetensors.StoredBytes;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The modules of an adapter file as factors and values for a base, of which the shapes are known to
 * fit. Values in full are computed each time they are asked for, so that no more than one tensor's
 * are there at a time; the file and the base must be open until then.
 */
final class ModuleEdits {
  /** Computes the values of one tensor. */
  @FunctionalInterface
  private interface Values {
    double[] compute() throws IOException;
  }

  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";

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
   * @throws IOException if a value cannot be read, or the configuration does not fit the factors
   * @throws IllegalArgumentException if a value is not finite
   */
  void add(LoraModule module, LoraKeyMapping.Module target) throws IOException {
    Optional<AdapterRule> rule = file.config().rule(target.component());
    String name = LoraKeyMapping.inside(module.stem(), target.component());
    boolean decomposed = module.has(LoraRole.DORA_SCALE) || module.has(LoraRole.MAGNITUDE);
    if (module.factored()) {
      agree(module, rule, name, decomposed);
    }
    if (decomposed) {
      values(target, WEIGHT, () -> decomposed(module, target, rule, name));
    } else if (module.factored()) {
      product(module, target, rule, name);
    }
    if (!decomposed && module.has(LoraRole.WEIGHT_CHANGE)) {
      stored(module, LoraRole.WEIGHT_CHANGE, target, WEIGHT);
    }
    if (module.has(LoraRole.NEW_WEIGHT)) {
      replaced(module, LoraRole.NEW_WEIGHT, target, WEIGHT);
    }
    if (module.has(LoraRole.IA3_CHANGE) || module.has(LoraRole.IA3_FACTOR)) {
      scaled(module, target, rule, name);
    }
    if (module.has(LoraRole.BIAS_CHANGE)) {
      stored(module, LoraRole.BIAS_CHANGE, target, BIAS);
    }
    if (module.has(LoraRole.NEW_BIAS)) {
      replaced(module, LoraRole.NEW_BIAS, target, BIAS);
    }
    if (module.has(LoraRole.UP_BIAS)) {
      TensorInfo bias = module.tensor(LoraRole.UP_BIAS).orElseThrow();
      double scale = scale(module, rule, name);
      values(
          target,
          BIAS,
          () -> Arrays.stream(file.doubles(bias)).map(value -> scale * value).toArray());
    }
  }

  /** What the configuration says of the module is what the file holds. */
  private void agree(LoraModule module, Optional<AdapterRule> rule, String name, boolean decomposed)
      throws LoraException {
    if (rule.isEmpty()) {
      return;
    }
    int said = rule.get().rank(name).orElse(0);
    int stored = module.rank().orElse(0);
    if (said > 0 && stored > 0 && said != stored) {
      throw new LoraException(
          file.where(),
          module.stem()
              + " has the rank "
              + stored
              + " and its configuration says "
              + said
              + "; the two files do not belong together, get both again");
    }
    if (rule.get().dora() && !decomposed) {
      throw new LoraException(
          file.where(),
          module.stem() + " lacks the norms that its configuration says it has (use_dora)");
    }
  }

  /** The scale of a module's factors: alpha by the rank. */
  private double scale(LoraModule module, Optional<AdapterRule> rule, String name)
      throws IOException {
    if (module.rank().isPresent()) {
      int rank = module.rank().getAsInt();
      return alpha(module, rule, name, rank) / rank;
    }
    // LyCORIS scales a Kronecker product of full matrices by nothing, the PEFT library does.
    int said = rule.map(r -> r.rank(name).orElse(0)).orElse(0);
    return said == 0 ? 1 : rule.orElseThrow().alpha(name, said) / said;
  }

  private double alpha(LoraModule module, Optional<AdapterRule> rule, String name, int rank)
      throws IOException {
    Optional<Double> given = file.alpha(module);
    if (given.isEmpty()) {
      given = rule.map(r -> r.alpha(name, rank));
    }
    return given.filter(alpha -> alpha != 0).orElse((double) rank);
  }

  /** A LoRA's factors bit for bit; other forms as a product if that is smaller than the values. */
  private void product(
      LoraModule module, LoraKeyMapping.Module target, Optional<AdapterRule> rule, String name)
      throws IOException {
    TrainingStart start = rule.map(AdapterRule::start).orElse(TrainingStart.NOTHING);
    if (start != TrainingStart.NOTHING) {
      relative(module, target, rule, name, start);
    } else if (module.factors().isPresent()) {
      int rank = module.rank().orElseThrow();
      double alpha = alpha(module, rule, name, rank);
      TensorInfo up = module.tensor(LoraRole.UP).orElseThrow();
      boolean core = module.has(LoraRole.MID);
      int columns = Math.toIntExact(up.shape()[1]);
      float[] down =
          core
              ? ((WeightChange.Product) module.change(file)).down().rowMajorFloats()
              : file.floats(module.tensor(LoraRole.DOWN).orElseThrow());
      // The scale is alpha by the rows of down; a core has another number of columns of up.
      put(target, columns, alpha * columns / rank, down, file.floats(up));
    } else {
      double scale = scale(module, rule, name);
      if (module.thin()) {
        WeightChange.Product product = module.change(file).product();
        put(
            target,
            product.rank(),
            scale * product.rank(),
            product.down().rowMajorFloats(),
            product.up().rowMajorFloats());
      } else {
        values(target, WEIGHT, () -> module.change(file).dense().times(scale).rowMajor());
      }
    }
  }

  /** The factors, and less what the training took from the base when it began. */
  private void relative(
      LoraModule module,
      LoraKeyMapping.Module target,
      Optional<AdapterRule> rule,
      String name,
      TrainingStart start)
      throws IOException {
    double scale = scale(module, rule, name);
    long[] shape = shape(target, WEIGHT);
    int rank = module.rank().orElseThrow();
    if (shape.length != 2 || rank > Math.min(shape[0], shape[1])) {
      throw new LoraException(
          file.where(),
          module.stem()
              + " is not a matrix of at least "
              + rank
              + " rows and columns, which init_lora_weights needs; "
              + LoraException.MERGE);
    }
    Matrix weight = weight(target);
    WeightChange.Product trained = module.change(file).product().times(scale);
    WeightChange.Product all = trained.plus(start.taken(weight, rank).times(-1));
    if (all.thin()) {
      put(target, all.rank(), all.rank(), all.down().rowMajorFloats(), all.up().rowMajorFloats());
    } else {
      values(
          target,
          WEIGHT,
          () -> trained.plus(start.taken(weight(target), rank).times(-1)).dense().rowMajor());
    }
  }

  /** DoRA: W' is W + dW with rows, or columns, of the norms that the file holds. */
  private double[] decomposed(
      LoraModule module, LoraKeyMapping.Module target, Optional<AdapterRule> rule, String name)
      throws IOException {
    if (rule.isPresent() && rule.get().start() != TrainingStart.NOTHING) {
      throw new LoraException(
          file.where(),
          "it is a DoRA whose base was changed (init_lora_weights); " + LoraException.MERGE);
    }
    long[] shape = shape(target, WEIGHT);
    Matrix weight = weight(target);
    double[] before = weight.rowMajor();
    double[] after =
        module.factored()
            ? weight.plus(module.change(file).dense().times(scale(module, rule, name))).rowMajor()
            : before.clone();
    if (module.has(LoraRole.WEIGHT_CHANGE)) {
      double[] change = file.doubles(module.tensor(LoraRole.WEIGHT_CHANGE).orElseThrow());
      for (int i = 0; i < after.length; i++) {
        after[i] += change[i];
      }
    }
    Optional<TensorInfo> scale = module.tensor(LoraRole.DORA_SCALE);
    boolean outputs = scale.isEmpty() || scale.get().shape()[0] == shape[0];
    double[] norms = file.doubles(scale.orElseGet(module.tensor(LoraRole.MAGNITUDE)::orElseThrow));
    Along along = new Along(shape, outputs);
    double[] squares = new double[norms.length];
    for (int i = 0; i < after.length; i++) {
      squares[along.of(i)] += after[i] * after[i];
    }
    for (int i = 0; i < after.length; i++) {
      double norm = Math.sqrt(squares[along.of(i)]);
      after[i] = (norm == 0 ? 0 : after[i] * norms[along.of(i)] / norm) - before[i];
    }
    return after;
  }

  /** (IA)³: W' = W · (1 + v) in LyCORIS, W · v in the PEFT library, which scales the bias too. */
  private void scaled(
      LoraModule module, LoraKeyMapping.Module target, Optional<AdapterRule> rule, String name)
      throws IOException {
    long[] shape = shape(target, WEIGHT);
    Optional<TensorInfo> change = module.tensor(LoraRole.IA3_CHANGE);
    TensorInfo tensor = change.orElseGet(module.tensor(LoraRole.IA3_FACTOR)::orElseThrow);
    double one = change.isPresent() ? 0 : 1;
    boolean outputs = byOutput(module, tensor, shape, rule, name);
    Along along = new Along(shape, outputs);
    if (tensor.elements() != along.size()) {
      throw new LoraException(
          file.where(),
          tensor.name() + " should have " + along.size() + " values, not " + tensor.elements());
    }
    floats(
        target,
        WEIGHT,
        () -> {
          double[] vector = file.doubles(tensor);
          float[] values = base.floats(target.component(), target.name() + "." + WEIGHT);
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * (vector[along.of(i)] - one));
          }
          return values;
        });
    if (outputs && change.isEmpty() && has(target, BIAS)) {
      values(
          target,
          BIAS,
          () -> {
            double[] vector = file.doubles(tensor);
            float[] bias = base.floats(target.component(), target.name() + "." + BIAS);
            for (int i = 0; i < bias.length; i++) {
              vector[i] = bias[i] * (vector[i] - 1);
            }
            return vector;
          });
    }
  }

  /** LyCORIS says it; of the PEFT library's it is the shape that tells, or the configuration. */
  private boolean byOutput(
      LoraModule module, TensorInfo tensor, long[] shape, Optional<AdapterRule> rule, String name)
      throws IOException {
    if (module.has(LoraRole.ON_INPUT)) {
      return file.number(module.tensor(LoraRole.ON_INPUT).orElseThrow()) == 0;
    }
    if (tensor.rank() == 2) {
      return tensor.shape()[1] == 1;
    }
    if (shape[0] != shape[1]) {
      return tensor.elements() == shape[0];
    }
    if (rule.isEmpty()) {
      throw new LoraException(
          file.where(),
          tensor.name()
              + " may be by input or by output, which adapter_config.json says (feedforward_modules);"
              + " get both files");
    }
    return !rule.get().feedforward(name);
  }

  /** Which row, or which column of the first two sides, an element is in. */
  private record Along(int rows, int columns, int sides, boolean outputs) {
    Along(long[] shape, boolean outputs) {
      this(
          Math.toIntExact(shape[0]),
          Math.toIntExact(shape.length > 1 ? shape[1] : 1),
          Math.toIntExact(Arrays.stream(shape).skip(2).reduce(1, Math::multiplyExact)),
          outputs);
    }

    int of(int element) {
      return outputs ? element / (columns * sides) : element / sides % columns;
    }

    int size() {
      return outputs ? rows : columns;
    }
  }

  private void stored(
      LoraModule module, LoraRole role, LoraKeyMapping.Module target, String parameter) {
    TensorInfo tensor = module.tensor(role).orElseThrow();
    floats(target, parameter, () -> file.floats(tensor));
  }

  private void replaced(
      LoraModule module, LoraRole role, LoraKeyMapping.Module target, String parameter) {
    TensorInfo tensor = module.tensor(role).orElseThrow();
    floats(
        target,
        parameter,
        () -> {
          float[] values = base.floats(target.component(), target.name() + "." + parameter);
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

  private void values(LoraKeyMapping.Module target, String parameter, Values values) {
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
  private void floats(LoraKeyMapping.Module target, String parameter, Delta.Values values) {
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

  /** Takes the sign of the scale into up: a patch's alpha is above 0. */
  private void put(LoraKeyMapping.Module target, int rank, double alpha, float[] down, float[] up) {
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

  private Matrix weight(LoraKeyMapping.Module target) throws IOException {
    long[] shape = shape(target, WEIGHT);
    float[] values = base.floats(target.component(), target.name() + "." + WEIGHT);
    int rows = Math.toIntExact(shape[0]);
    return Matrix.of(rows, values.length / rows, values);
  }

  private boolean has(LoraKeyMapping.Module target, String parameter) {
    return base.names(target.component()).contains(target.name() + "." + parameter);
  }

  private long[] shape(LoraKeyMapping.Module target, String parameter) {
    return base.shape(target.component(), target.name() + "." + parameter);
  }
}
