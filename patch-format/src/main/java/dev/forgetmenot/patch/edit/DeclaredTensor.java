package dev.forgetmenot.patch.edit;

import dev.forgetmenot.safetensors.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor that the entry of an edit must hold.
 *
 * @param name as in the entry
 * @param shape its dimensions
 * @param dtype its type
 * @param rankAxis the dimension that is a rank, or -1
 * @param scale its values stand for themselves times this
 * @param indexLimit of an index of rows how many there are; else 0
 */
public record DeclaredTensor(
    String name, List<Long> shape, DType dtype, int rankAxis, double scale, long indexLimit) {
  /** Of floats that stand for themselves. */
  DeclaredTensor(String name, long... shape) {
    this(name, Arrays.stream(shape).boxed().toList(), DType.F32, -1, 1, 0);
  }

  /** Whether a shape is this one but for its rank. */
  boolean differsInRankAlone(List<Long> other) {
    if (rankAxis < 0 || other.size() != shape.size()) {
      return false;
    }
    List<Long> same = new ArrayList<>(other);
    same.set(rankAxis, shape.get(rankAxis));
    return same.equals(shape);
  }
}
