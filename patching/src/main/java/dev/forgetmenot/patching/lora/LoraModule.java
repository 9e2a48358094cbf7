package dev.forgetmenot.patching.lora;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tensors of one module in an adapter file, of which the shapes are checked against each other
 * by {@link #problem}.
 *
 * @param stem what the file calls the module
 * @param tensors by what they are for
 */
record LoraModule(String stem, Map<LoraRole, TensorInfo> tensors) {
  /** Single numbers, of any type. */
  private static final Set<LoraRole> NUMBERS = Set.of(LoraRole.ALPHA, LoraRole.ON_INPUT);

  /** Both ways of writing (IA)³. */
  private static final List<LoraRole> IA3 = List.of(LoraRole.IA3_CHANGE, LoraRole.IA3_FACTOR);

  private static final List<LoraRole> BIAS =
      List.of(LoraRole.BIAS_CHANGE, LoraRole.UP_BIAS, LoraRole.NEW_BIAS);

  /** Copies the map. */
  LoraModule {
    tensors = Collections.unmodifiableMap(new EnumMap<>(tensors));
  }

  Optional<TensorInfo> tensor(LoraRole role) {
    return Optional.ofNullable(tensors.get(role));
  }

  boolean has(LoraRole role) {
    return tensors.containsKey(role);
  }

  /** LoRA and LoCon: up · down. */
  Optional<FactorPair> factors() {
    return FactorPair.of(
        tensors, Optional.empty(), LoraRole.UP, LoraRole.DOWN, Optional.of(LoraRole.MID), false);
  }

  /** LoHa's two products. */
  List<FactorPair> hada() {
    return both(
        pair(null, LoraRole.HADA_W1_A, LoraRole.HADA_W1_B, LoraRole.HADA_T1),
        pair(null, LoraRole.HADA_W2_A, LoraRole.HADA_W2_B, LoraRole.HADA_T2));
  }

  /** LoKr's two matrices. */
  List<FactorPair> lokr() {
    return both(
        pair(LoraRole.LOKR_W1, LoraRole.LOKR_W1_A, LoraRole.LOKR_W1_B, null),
        pair(LoraRole.LOKR_W2, LoraRole.LOKR_W2_A, LoraRole.LOKR_W2_B, LoraRole.LOKR_T2));
  }

  /** A matrix in full or as factors, with a core or without; null stands for no such role. */
  private Optional<FactorPair> pair(LoraRole full, LoraRole up, LoraRole down, LoraRole core) {
    return FactorPair.of(
        tensors, Optional.ofNullable(full), up, down, Optional.ofNullable(core), true);
  }

  private static List<FactorPair> both(Optional<FactorPair> first, Optional<FactorPair> second) {
    return Stream.of(first, second).flatMap(Optional::stream).toList();
  }

  /** Whether there is a change in any form that is made of factors, which has a scale. */
  boolean factored() {
    return !pairs().isEmpty();
  }

  /** The matrices that the change is made of: one, or the two of LoHa and LoKr. */
  private List<FactorPair> pairs() {
    List<FactorPair> hada = hada();
    List<FactorPair> lokr = lokr();
    return factors().map(List::of).orElse(hada.isEmpty() ? lokr : hada);
  }

  /**
   * The rank that alpha is divided by: the first product's; empty where LoKr's matrices are both in
   * full.
   */
  OptionalInt rank() {
    return pairs().stream()
        .mapToLong(FactorPair::rank)
        .filter(rank -> rank > 0)
        .mapToInt(Math::toIntExact)
        .findFirst();
  }

  /** The largest rank of a matrix that is given as factors. */
  long maximalRank() {
    return pairs().stream().mapToLong(FactorPair::largestRank).max().orElse(0);
  }

  /** Rows of the weight that the factors are for. */
  long outputs() {
    List<FactorPair> pairs = pairs();
    return lokr().isEmpty() ? pairs.get(0).rows() : pairs.get(0).rows() * pairs.get(1).rows();
  }

  /** Its columns, with the kernel's sides. */
  long inputs() {
    List<FactorPair> pairs = pairs();
    return lokr().isEmpty()
        ? pairs.get(0).columns()
        : pairs.get(0).columns() * pairs.get(1).columns();
  }

  /** Whether the change is smaller as a product, of a rank that a patch can hold. */
  boolean thin() {
    long rank = pairs().stream().mapToLong(FactorPair::productRank).reduce(1, Math::multiplyExact);
    return rank <= LowRank.MAX_RANK && rank * (outputs() + inputs()) < outputs() * inputs();
  }

  /** What the factors make, without the scale. */
  WeightChange change(LoraFile file) throws IOException {
    List<FactorPair> pairs = pairs();
    WeightChange.Product first = pairs.get(0).product(file);
    if (factors().isPresent()) {
      return first;
    }
    WeightChange.Product second = pairs.get(1).product(file);
    return hada().isEmpty()
        ? new WeightChange.Kronecker(first, second)
        : new WeightChange.Hadamard(first, second);
  }

  /** Whether there is a change of the weight or the bias at all; else the tensors do nothing. */
  boolean changes() {
    return tensors.keySet().stream().anyMatch(role -> role != LoraRole.ALPHA);
  }

  /** What is wrong with the module by itself, if anything. */
  Optional<String> problem() {
    for (TensorInfo tensor : tensors.values()) {
      if (tensor.elements() < 1) {
        return Optional.of(tensor.name() + " is empty");
      }
    }
    for (Map.Entry<LoraRole, TensorInfo> entry : tensors.entrySet()) {
      TensorInfo tensor = entry.getValue();
      if (!NUMBERS.contains(entry.getKey()) && tensor.dtype().isInteger()) {
        return Optional.of(
            Message.of(
                "is quantized (%s is %s), which is not read; save it in float16, bfloat16 or"
                    + " float32 with the tool that it came from",
                tensor.name(), tensor.dtype()));
      }
    }
    TensorInfo alpha = tensors.get(LoraRole.ALPHA);
    if (alpha != null && alpha.elements() != 1) {
      return Optional.of(
          alpha.name() + " should be one number, not " + Arrays.toString(alpha.shape()));
    }
    int forms =
        (factors().isPresent() ? 1 : 0) + (hada().isEmpty() ? 0 : 1) + (lokr().isEmpty() ? 0 : 1);
    if (forms > 1) {
      return Optional.of("is given in several forms at once: " + names());
    }
    boolean scaled = IA3.stream().anyMatch(this::has);
    boolean change = forms > 0 || has(LoraRole.WEIGHT_CHANGE);
    boolean both = change && scaled;
    if (both || ((change || scaled) && has(LoraRole.NEW_WEIGHT))) {
      return Optional.of("has several changes of one weight: " + names());
    }
    if (BIAS.stream().filter(this::has).count() > 1) {
      return Optional.of("has several changes of one bias: " + names());
    }
    if ((has(LoraRole.DORA_SCALE) || has(LoraRole.MAGNITUDE)) && !change) {
      return Optional.of("has the norms of a DoRA and no change of the weight");
    }
    if (has(LoraRole.IA3_CHANGE) != has(LoraRole.ON_INPUT)) {
      return Optional.of("has only one half of (IA)³, weight and on_input: " + names());
    }
    if (has(LoraRole.UP_BIAS) && forms == 0) {
      return Optional.of("has a bias of factors that are not there");
    }
    if (hada().size() == 1 || lokr().size() == 1) {
      return Optional.of("has only one of its two matrices: " + names());
    }
    return pairs().stream().map(FactorPair::problem).flatMap(Optional::stream).findFirst();
  }

  private String names() {
    return Message.some(tensors.values().stream().map(TensorInfo::name).sorted().toList());
  }
}
