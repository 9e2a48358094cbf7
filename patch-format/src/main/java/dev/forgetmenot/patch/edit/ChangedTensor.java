package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import java.io.IOException;
import java.util.List;

/**
 * What a manifest says of one tensor that an edit names.
 *
 * @param <V> what is added to it
 */
public interface ChangedTensor<V> {
  /** Component, slash, canonical parameter name. */
  String target();

  /** Its shape. */
  List<Long> shape();

  /** Frobenius norm of what is added at strength 1. */
  double norm();

  /** The tensors of the edit's entry that hold what is added. */
  List<DeclaredTensor> tensors();

  /** What is added at strength 1. */
  V added(EditTensors tensors) throws IOException;

  /** Its shape as an array. */
  default long[] dimensions() {
    return shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** The one of a name. */
  static <T extends ChangedTensor<?>> T find(List<T> among, String name) {
    return among.stream()
        .filter(one -> one.target().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the edit does not change " + name));
  }

  /** Reads the member {@code target}. */
  static String target(JsonObjectReader members) throws PatchFormatException {
    return members.text("target", "(" + TargetPattern.COMPONENTS + ")/[A-Za-z0-9_.]{1,250}");
  }

  /** Reads the member {@code shape}. */
  static List<Long> shape(JsonObjectReader members) throws PatchFormatException {
    return members.integers("shape", 0, Integer.MAX_VALUE);
  }
}
