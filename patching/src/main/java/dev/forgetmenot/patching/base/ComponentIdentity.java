package dev.forgetmenot.patching.base;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * What one component of a base is.
 *
 * @param exact root over the stored bytes, hex
 * @param f16 root over the values rounded to half precision, hex
 * @param tensors how many there are
 * @param parameters how many numbers are in them
 * @param bytes how many bytes are stored
 * @param dtypes stored types and how many tensors have each
 */
public record ComponentIdentity(
    String exact,
    String f16,
    int tensors,
    long parameters,
    long bytes,
    Map<DType, Integer> dtypes) {

  /** Copies the map. */
  public ComponentIdentity {
    dtypes = Collections.unmodifiableMap(new EnumMap<>(dtypes));
  }

  /**
   * Reads all of a component's tensors.
   *
   * @throws IOException if a file cannot be read or changes meanwhile
   */
  public static ComponentIdentity of(BaseTensors base, String component) throws IOException {
    Set<String> names = base.names(component);
    Map<DType, Integer> dtypes = new EnumMap<>(DType.class);
    long parameters = 0;
    long bytes = 0;
    for (String name : names) {
      long size = size(base.shape(component, name));
      dtypes.merge(base.dtype(component, name), 1, Integer::sum);
      parameters += size;
      bytes += size * base.dtype(component, name).bytes();
    }
    return new ComponentIdentity(
        base.root(component, names),
        base.halfRoot(component, names),
        names.size(),
        parameters,
        bytes,
        dtypes);
  }

  private static long size(long[] shape) {
    long size = 1;
    for (long side : shape) {
      size *= side;
    }
    return size;
  }
}
