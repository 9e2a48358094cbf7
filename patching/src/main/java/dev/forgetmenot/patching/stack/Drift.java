package dev.forgetmenot.patching.stack;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.StoredFloats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far a whole stack moves a model: by block |Σ dW| / |W|, over the weights of the block that
 * the stack touches.
 *
 * @param blocks by name, see {@link BlockNames}
 * @param textOnly those of which only keys and values of text change
 */
public record Drift(Map<String, Double> blocks, Set<String> textOnly) {
  /** Copies the collections. */
  public Drift {
    textOnly = Set.copyOf(textOnly);
    blocks = Collections.unmodifiableMap(new LinkedHashMap<>(blocks));
  }

  /** Measures a stack, weight by weight. */
  public static Drift of(PatchedWeights weights) throws IOException {
    Meter meter = new Meter();
    for (String target : weights.targets()) {
      StoredFloats weight = weights.weight(target);
      meter.add(target, weight, weights.moved(target, weight));
    }
    return meter.drift();
  }

  /** The largest drift of a block, 0 where nothing changes. */
  public double most() {
    return blocks.values().stream().mapToDouble(x -> x).max().orElse(0);
  }

  /**
   * Blocks that the whole stack moves further than one patch alone may move a weight: a line for
   * each. Blocks of which only keys and values of text change may move far in directions that no
   * text has.
   */
  public List<String> warnings() {
    List<String> lines = new ArrayList<>();
    blocks.forEach(
        (block, drift) -> {
          double usual = textOnly.contains(block) ? NormLimit.TEXT : NormLimit.VALUES;
          if (drift > usual) {
            lines.add(
                Message.of(
                    "warning: the stack moves %s by %.3g of its weights, more than %.3g: it may"
                        + " draw worse (--drift-budget)",
                    block, drift, usual));
          }
        });
    return lines;
  }

  /**
   * Checks a budget.
   *
   * @param budget the most that a block may drift
   * @param where the stack, for messages
   * @throws PatchFormatException FMN-605
   */
  public void check(double budget, String where) throws PatchFormatException {
    for (Map.Entry<String, Double> block : blocks.entrySet()) {
      if (block.getValue() > budget) {
        throw new PatchFormatException(
            PatchError.DRIFT,
            where,
            Message.of(
                "moves %s by %.3g of its weights, and the drift budget is %.3g; use smaller"
                    + " strengths or fewer patches",
                block.getKey(), block.getValue(), budget));
      }
    }
  }

  /** Sums up weights as they come. */
  static final class Meter {
    private final Map<String, double[]> squares = new TreeMap<>();
    private final Set<String> others = new HashSet<>();

    void add(String target, StoredFloats weight, double size) throws IOException {
      double[] square = squares.computeIfAbsent(BlockNames.of(target), b -> new double[2]);
      if (!StackedEdit.readsText(target)) {
        others.add(BlockNames.of(target));
      }
      square[0] += size * size;
      square[1] = weight.addSquares(square[1]);
    }

    Drift drift() {
      Map<String, Double> blocks = new LinkedHashMap<>();
      squares.forEach((block, s) -> blocks.put(block, Math.sqrt(s[0] / s[1])));
      Set<String> textOnly = new HashSet<>(blocks.keySet());
      textOnly.removeAll(others);
      return new Drift(blocks, textOnly);
    }
  }
}
