package dev.forgetmenot.patching.lora;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** One module of an adapter file as edits of the base's module that it is for. */
final class ModuleImport {
  private final LoraFile file;
  private final LoraModule module;
  private final LoraKeyMapping.Module target;
  private final ModuleEdits edits;
  private final Optional<AdapterRule> rule;
  private final String name; // as the PEFT library's patterns see it

  ModuleImport(LoraFile file, LoraModule module, LoraKeyMapping.Module target, ModuleEdits edits) {
    this.file = file;
    this.module = module;
    this.target = target;
    this.edits = edits;
    this.rule = file.config().rule(target.component());
    this.name = LoraKeyMapping.inside(module.stem(), target.component());
  }

  private TensorInfo tensor(LoraRole role) {
    return module.tensor(role).orElseThrow();
  }

  /** Puts the edits where they belong. */
  void run() throws IOException {
    boolean decomposed = module.has(LoraRole.DORA_SCALE) || module.has(LoraRole.MAGNITUDE);
    if (module.factored()) {
      agree(decomposed);
    }
    if (decomposed) {
      edits.values(target, ModuleEdits.WEIGHT, this::decomposed);
    } else if (module.factored()) {
      product();
    }
    if (!decomposed && module.has(LoraRole.WEIGHT_CHANGE)) {
      edits.stored(tensor(LoraRole.WEIGHT_CHANGE), target, ModuleEdits.WEIGHT);
    }
    if (module.has(LoraRole.NEW_WEIGHT)) {
      edits.replaced(tensor(LoraRole.NEW_WEIGHT), target, ModuleEdits.WEIGHT);
    }
    if (module.has(LoraRole.IA3_CHANGE) || module.has(LoraRole.IA3_FACTOR)) {
      scaled();
    }
    if (module.has(LoraRole.BIAS_CHANGE)) {
      edits.stored(tensor(LoraRole.BIAS_CHANGE), target, ModuleEdits.BIAS);
    }
    if (module.has(LoraRole.NEW_BIAS)) {
      edits.replaced(tensor(LoraRole.NEW_BIAS), target, ModuleEdits.BIAS);
    }
    if (module.has(LoraRole.UP_BIAS)) {
      TensorInfo bias = tensor(LoraRole.UP_BIAS);
      double scale = scale();
      edits.values(
          target,
          ModuleEdits.BIAS,
          () -> Arrays.stream(file.doubles(bias)).map(value -> scale * value).toArray());
    }
  }

  /** What the configuration says of the module is what the file holds. */
  private void agree(boolean decomposed) throws LoraException {
    if (rule.isEmpty()) {
      return;
    }
    int said = rule.get().rank(name).orElse(0);
    int stored = module.rank().orElse(0);
    if (said > 0 && stored > 0 && said != stored) {
      throw new LoraException(
          file.where(),
          Message.of(
              "%s has the rank %s and its configuration says %s; the two files do not belong"
                  + " together, get both again",
              module.stem(), stored, said));
    }
    if (rule.get().dora() && !decomposed) {
      throw new LoraException(
          file.where(),
          module.stem() + " lacks the norms that its configuration says it has (use_dora)");
    }
  }

  /** The scale of a module's factors: alpha by the rank. */
  private double scale() throws IOException {
    if (module.rank().isPresent()) {
      int rank = module.rank().getAsInt();
      return alpha(rank) / rank;
    }
    // LyCORIS scales a Kronecker product of full matrices by nothing, the PEFT library does.
    int said = rule.map(r -> r.rank(name).orElse(0)).orElse(0);
    return said == 0 ? 1 : rule.orElseThrow().alpha(name, said) / said;
  }

  private double alpha(int rank) throws IOException {
    Optional<Double> given = file.alpha(module);
    if (given.isEmpty()) {
      given = rule.map(r -> r.alpha(name, rank));
    }
    return given.filter(alpha -> alpha != 0).orElse((double) rank);
  }

  /** A LoRA's factors bit for bit; other forms as a product if that is smaller than the values. */
  private void product() throws IOException {
    TrainingStart start = rule.map(AdapterRule::start).orElse(TrainingStart.NOTHING);
    if (start != TrainingStart.NOTHING) {
      relative(start);
    } else if (module.factors().isPresent()) {
      int rank = module.rank().orElseThrow();
      double alpha = alpha(rank);
      TensorInfo up = tensor(LoraRole.UP);
      boolean core = module.has(LoraRole.MID);
      int columns = Math.toIntExact(up.shape()[1]);
      float[] down =
          core
              ? ((WeightChange.Product) module.change(file)).down().rowMajorFloats()
              : file.floats(tensor(LoraRole.DOWN));
      // The scale is alpha by the rows of down; a core has another number of columns of up.
      edits.put(target, columns, alpha * columns / rank, down, file.floats(up));
    } else {
      double scale = scale();
      if (module.thin()) {
        WeightChange.Product product = module.change(file).product();
        edits.put(
            target,
            product.rank(),
            scale * product.rank(),
            product.down().rowMajorFloats(),
            product.up().rowMajorFloats());
      } else {
        edits.values(
            target, ModuleEdits.WEIGHT, () -> module.change(file).dense().times(scale).rowMajor());
      }
    }
  }

  /** The factors, and less what the training took from the base when it began. */
  private void relative(TrainingStart start) throws IOException {
    double scale = scale();
    long[] shape = edits.shape(target, ModuleEdits.WEIGHT);
    int rank = module.rank().orElseThrow();
    if (shape.length != 2 || rank > Math.min(shape[0], shape[1])) {
      throw new LoraException(
          file.where(),
          Message.of(
              "%s is not a matrix of at least %s rows and columns, which init_lora_weights needs;"
                  + " %s",
              module.stem(), rank, LoraException.MERGE));
    }
    Matrix weight = edits.weight(target);
    WeightChange.Product trained = module.change(file).product().times(scale);
    WeightChange.Product all = trained.plus(start.taken(weight, rank).times(-1));
    if (all.thin()) {
      edits.put(
          target, all.rank(), all.rank(), all.down().rowMajorFloats(), all.up().rowMajorFloats());
    } else {
      edits.values(
          target,
          ModuleEdits.WEIGHT,
          () -> trained.plus(start.taken(edits.weight(target), rank).times(-1)).dense().rowMajor());
    }
  }

  /** DoRA: W' is W + dW with rows, or columns, of the norms that the file holds. */
  private double[] decomposed() throws IOException {
    if (rule.isPresent() && rule.get().start() != TrainingStart.NOTHING) {
      throw new LoraException(
          file.where(),
          "it is a DoRA whose base was changed (init_lora_weights); " + LoraException.MERGE);
    }
    long[] shape = edits.shape(target, ModuleEdits.WEIGHT);
    Matrix weight = edits.weight(target);
    double[] before = weight.rowMajor();
    double[] after =
        module.factored()
            ? weight.plus(module.change(file).dense().times(scale())).rowMajor()
            : before.clone();
    if (module.has(LoraRole.WEIGHT_CHANGE)) {
      double[] change = file.doubles(tensor(LoraRole.WEIGHT_CHANGE));
      for (int i = 0; i < after.length; i++) {
        after[i] += change[i];
      }
    }
    Optional<TensorInfo> scale = module.tensor(LoraRole.DORA_SCALE);
    boolean outputs = scale.isEmpty() || scale.get().shape()[0] == shape[0];
    double[] norms = file.doubles(scale.orElseGet(() -> tensor(LoraRole.MAGNITUDE)));
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
  private void scaled() throws IOException {
    long[] shape = edits.shape(target, ModuleEdits.WEIGHT);
    Optional<TensorInfo> change = module.tensor(LoraRole.IA3_CHANGE);
    TensorInfo tensor = change.orElseGet(() -> tensor(LoraRole.IA3_FACTOR));
    double one = change.isPresent() ? 0 : 1;
    boolean outputs = byOutput(tensor, shape);
    Along along = new Along(shape, outputs);
    if (tensor.elements() != along.size()) {
      throw new LoraException(
          file.where(),
          tensor.name() + " should have " + along.size() + " values, not " + tensor.elements());
    }
    edits.floats(
        target,
        ModuleEdits.WEIGHT,
        () -> {
          double[] vector = file.doubles(tensor);
          float[] values = edits.base(target, ModuleEdits.WEIGHT);
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * (vector[along.of(i)] - one));
          }
          return values;
        });
    if (outputs && change.isEmpty() && edits.has(target, ModuleEdits.BIAS)) {
      edits.values(
          target,
          ModuleEdits.BIAS,
          () -> {
            double[] vector = file.doubles(tensor);
            float[] bias = edits.base(target, ModuleEdits.BIAS);
            for (int i = 0; i < bias.length; i++) {
              vector[i] = bias[i] * (vector[i] - 1);
            }
            return vector;
          });
    }
  }

  /** LyCORIS says it; of the PEFT library's it is the shape that tells, or the configuration. */
  private boolean byOutput(TensorInfo tensor, long[] shape) throws IOException {
    if (module.has(LoraRole.ON_INPUT)) {
      return file.number(tensor(LoraRole.ON_INPUT)) == 0;
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
}
