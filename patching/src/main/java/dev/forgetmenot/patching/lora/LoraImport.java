package dev.forgetmenot.patching.lora;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.embeddings.Embeddings;
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
import java.util.TreeSet;

/**
 * Turns an adapter file into edits of a base: all of it or nothing. The edits are the file's
 * difference of weights: a LoRA's factors bit for bit with its scale, other forms as factors or
 * values that are rounded once.
 */
public final class LoraImport {
  private static final String TOKENS = "text_model.embeddings.token_embedding";
  private static final String FIRST = "text_encoder";
  private static final String SECOND = "text_encoder_2";
  private static final String NOTHING = "nothing is imported, for ";

  /** What cross attention reads, which tells the kinds of models apart. */
  private static final Map<Long, String> WIDTHS =
      Map.of(768L, "SD 1.x", 1024L, "SD 2.x", 2048L, "SDXL");

  private final LoraFile file;
  private final BaseTensors base;
  private final LoraKeyMapping names;
  private final List<String> problems = new ArrayList<>();
  private final TreeSet<String> otherKinds = new TreeSet<>();

  private LoraImport(LoraFile file, BaseTensors base, Map<String, String> originals) {
    this.file = file;
    this.base = base;
    this.names = new LoraKeyMapping(base, originals);
  }

  /**
   * Converts.
   *
   * @param file open
   * @param base what the edits are for
   * @param originals the names that original checkpoints have for the UNet's tensors, without
   *     prefix, by canonical name; where it is empty, files with such names fit nothing
   * @return at least one edit
   * @throws IOException if the base has no such modules or other shapes, or a value is not finite;
   *     the message names them
   */
  public static List<PatchEdit> edits(
      LoraFile file, BaseTensors base, Map<String, String> originals) throws IOException {
    LoraImport conversion = new LoraImport(file, base, originals);
    try {
      return conversion.run();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new LoraException(file.where(), e.getMessage(), e);
    }
  }

  private List<PatchEdit> run() throws IOException {
    Map<LoraModule, LoraKeyMapping.Module> found = resolve();
    found.forEach(this::check);
    if (!problems.isEmpty()) {
      throw new LoraException(
          file.where(),
          NOTHING
              + "it was made for another kind of model"
              + (otherKinds.isEmpty() ? "" : ", " + String.join(" and ", otherKinds))
              + ": "
              + Message.some(problems));
    }
    ModuleEdits edits = new ModuleEdits(file, base);
    for (Map.Entry<LoraModule, LoraKeyMapping.Module> entry : found.entrySet()) {
      edits.add(entry.getKey(), entry.getValue());
    }
    List<PatchEdit> all = new ArrayList<>();
    if (!edits.factors().isEmpty()) {
      all.add(new LowRankEdit(edits.factors()));
    }
    if (!edits.deltas().isEmpty()) {
      all.add(new DeltaEdit(edits.deltas()));
    }
    if (!file.bundled().isEmpty()) {
      all.add(tokens());
    }
    return all;
  }

  private Map<LoraModule, LoraKeyMapping.Module> resolve() throws LoraException {
    Map<LoraModule, LoraKeyMapping.Module> found =
        new TreeMap<>(Comparator.comparing(LoraModule::stem));
    Map<LoraKeyMapping.Module, String> takenBy = new HashMap<>();
    List<String> unknown = new ArrayList<>();
    for (LoraModule module : file.modules().values()) {
      Optional<LoraKeyMapping.Module> target = names.find(module.stem());
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
          NOTHING
              + OtherNetworks.of(unknown)
                  .map(network -> "it was made for " + network)
                  .orElse("it was made for another architecture")
              + ", and the model in "
              + base.source("unet")
              + " has no such modules: "
              + Message.some(unknown)
              + "; take one that was made for "
              + (twoTextEncoders() ? "SDXL" : "SD 1.x or 2.x")
              + ", as the model is");
    }
    return found;
  }

  private boolean twoTextEncoders() {
    return base.components().contains(SECOND);
  }

  private void check(LoraModule module, LoraKeyMapping.Module target) {
    if (module.factored()) {
      long[] shape = shape(target, "weight");
      if (module.outputs() != shape[0]
          || module.inputs() != TensorInfo.elements(shape) / shape[0]) {
        problems.add(
            Message.of(
                "%s is for a weight of %s x %s, not %s",
                module.stem(), module.outputs(), module.inputs(), Arrays.toString(shape)));
        if (target.name().endsWith("attn2.to_k") || target.name().endsWith("attn2.to_v")) {
          Optional.ofNullable(WIDTHS.get(module.inputs())).ifPresent(otherKinds::add);
        }
      }
      if (module.maximalRank() > LowRank.MAX_RANK) {
        problems.add(module.stem() + " has a rank above " + LowRank.MAX_RANK);
      }
    }
    checkFull(module, LoraRole.WEIGHT_CHANGE, target, "weight");
    checkFull(module, LoraRole.NEW_WEIGHT, target, "weight");
    checkFull(module, LoraRole.BIAS_CHANGE, target, "bias");
    checkFull(module, LoraRole.UP_BIAS, target, "bias");
    checkFull(module, LoraRole.NEW_BIAS, target, "bias");
    checkVector(module, LoraRole.MAGNITUDE, target, false);
    checkVector(module, LoraRole.DORA_SCALE, target, true);
    checkVector(module, LoraRole.IA3_CHANGE, target, true);
    checkVector(module, LoraRole.IA3_FACTOR, target, true);
  }

  private void checkFull(
      LoraModule module, LoraRole role, LoraKeyMapping.Module target, String parameter) {
    Optional<TensorInfo> tensor = module.tensor(role);
    if (tensor.isEmpty()) {
      return;
    }
    if (!base.names(target.component()).contains(target.name() + "." + parameter)) {
      problems.add(tensor.get().name() + " is for a " + parameter + " that the model has not");
    } else if (!Arrays.equals(squeezed(tensor.get().shape()), squeezed(shape(target, parameter)))) {
      problem(tensor.get(), shape(target, parameter));
    }
  }

  /** One value for each output, or for each input. */
  private void checkVector(
      LoraModule module, LoraRole role, LoraKeyMapping.Module target, boolean inputs) {
    Optional<TensorInfo> tensor = module.tensor(role);
    if (tensor.isPresent()) {
      long[] shape = shape(target, "weight");
      long elements = tensor.get().elements();
      boolean fits = elements == shape[0] || (inputs && shape.length > 1 && elements == shape[1]);
      if (!fits) {
        problem(tensor.get(), shape);
      }
    }
  }

  private void problem(TensorInfo tensor, long[] shape) {
    problems.add(
        Message.of(
            "%s is %s, which does not fit %s",
            tensor.name(), Arrays.toString(tensor.shape()), Arrays.toString(shape)));
  }

  private TokensEdit tokens() throws IOException {
    Map<String, Rows> tokens = new TreeMap<>();
    for (Map.Entry<String, LoraFile.Bundled> entry : file.bundled().entrySet()) {
      LoraFile.Bundled bundled = entry.getValue();
      if (bundled.second().isPresent() != twoTextEncoders()) {
        throw new LoraException(
            file.where(),
            Message.of(
                "the embedding %s that is packed into it is for %s and the model has %s",
                entry.getKey(),
                encoders(bundled.second().isPresent()),
                encoders(twoTextEncoders())));
      }
      Rows first = rows(bundled.first(), FIRST);
      tokens.put(
          entry.getKey(),
          bundled.second().isEmpty()
              ? first
              : Embeddings.beside(first, rows(bundled.second().get(), SECOND)));
    }
    return new TokensEdit(tokens);
  }

  private static String encoders(boolean two) {
    return two ? "two text encoders, as SDXL has" : "one text encoder";
  }

  private Rows rows(String name, String component) throws IOException {
    long width = base.shape(component, TOKENS + ".weight")[1];
    TensorInfo tensor = file.tensor(name);
    long[] shape = tensor.shape();
    if (shape.length < 1 || shape.length > 2 || tensor.elements() < 1) {
      throw new LoraException(
          file.where(), name + " should be rows, not " + Arrays.toString(shape));
    }
    if (shape[shape.length - 1] != width) {
      throw new LoraException(
          file.where(),
          Message.of(
              "%s has vectors of %s numbers and the text encoder works with %s",
              name, shape[shape.length - 1], width));
    }
    int count = shape.length == 1 ? 1 : Math.toIntExact(shape[0]);
    return new Rows(count, (int) width, file.floats(tensor));
  }

  private long[] shape(LoraKeyMapping.Module target, String parameter) {
    return base.shape(target.component(), target.name() + "." + parameter);
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
