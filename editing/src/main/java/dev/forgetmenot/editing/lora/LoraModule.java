package dev.forgetmenot.editing.lora;

import dev.forgetmenot.safetensors.TensorInfo;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of one module in a LoRA file, of which the shapes have been checked against each
 * other.
 *
 * @param stem what the file calls the module
 * @param tensors by what they are for
 */
record LoraModule(String stem, Map<LoraRole, TensorInfo> tensors) {
  /** Copies the map. */
  LoraModule {
    tensors = Collections.unmodifiableMap(new EnumMap<>(tensors));
  }

  /** Whether there are factors. */
  boolean factored() {
    return tensors.containsKey(LoraRole.DOWN);
  }

  Optional<TensorInfo> tensor(LoraRole role) {
    return Optional.ofNullable(tensors.get(role));
  }

  /** The rank that the scale is divided by: rows of down. */
  int rank() {
    return Math.toIntExact(tensors.get(LoraRole.DOWN).shape()[0]);
  }

  /** Columns of up, the rank of the product; another number than {@link #rank} with a core. */
  int columns() {
    return Math.toIntExact(tensors.get(LoraRole.UP).shape()[1]);
  }

  /** What is wrong with the module by itself, if anything. */
  Optional<String> problem() {
    boolean factors = factored() || tensors.containsKey(LoraRole.UP);
    boolean full =
        tensors.containsKey(LoraRole.WEIGHT_CHANGE)
            || tensors.containsKey(LoraRole.BIAS_CHANGE)
            || tensors.containsKey(LoraRole.NEW_WEIGHT);
    if (!factors && !full) {
      return Optional.of("has neither factors nor a difference");
    }
    if (tensors.containsKey(LoraRole.WEIGHT_CHANGE) && tensors.containsKey(LoraRole.NEW_WEIGHT)) {
      return Optional.of("has a difference and a new weight");
    }
    for (TensorInfo tensor : tensors.values()) {
      if (tensor.elements() < 1) {
        return Optional.of(tensor.name() + " is empty");
      }
    }
    TensorInfo alpha = tensors.get(LoraRole.ALPHA);
    if (alpha != null && alpha.elements() != 1) {
      return Optional.of(alpha.name() + " should be one number, not " + shape(alpha));
    }
    return factors ? factorProblem() : Optional.empty();
  }

  private Optional<String> factorProblem() {
    TensorInfo down = tensors.get(LoraRole.DOWN);
    TensorInfo up = tensors.get(LoraRole.UP);
    if (down == null || up == null) {
      return Optional.of("has only one of its two factors");
    }
    boolean shaped =
        (down.rank() == 2 || down.rank() == 4)
            && (up.rank() == 2 || up.rank() == 4)
            && Arrays.stream(up.shape()).skip(2).allMatch(side -> side == 1);
    if (!shaped) {
      return Optional.of("has factors of the shapes " + shape(down) + " and " + shape(up));
    }
    long columns = up.shape()[1];
    TensorInfo mid = tensors.get(LoraRole.MID);
    if (mid == null && columns != down.shape()[0]) {
      return Optional.of("has factors of different ranks: " + shape(down) + " and " + shape(up));
    }
    boolean core =
        mid == null
            || (mid.rank() == 4
                && mid.shape()[0] == columns
                && mid.shape()[1] == down.shape()[0]
                && Arrays.stream(down.shape()).skip(2).allMatch(side -> side == 1));
    return core
        ? Optional.empty()
        : Optional.of("has a core " + shape(mid) + " that does not fit its factors");
  }

  private static String shape(TensorInfo tensor) {
    return Arrays.toString(tensor.shape());
  }
}
