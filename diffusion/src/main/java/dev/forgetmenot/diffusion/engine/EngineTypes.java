package dev.forgetmenot.diffusion.engine;

import ai.djl.ndarray.types.DataType;
import java.util.EnumSet;
import java.util.Set;

/**
 * The element types that the engine can take. The native code ends the whole process, without an
 * exception, when it is handed one of the others: whoever makes an array of a type that comes from
 * outside asks here first.
 */
public final class EngineTypes {
  private static final Set<DataType> SAFE =
      EnumSet.of(
          DataType.FLOAT32,
          DataType.FLOAT64,
          DataType.FLOAT16,
          DataType.UINT8,
          DataType.INT32,
          DataType.INT8,
          DataType.INT64,
          DataType.BOOLEAN);

  private EngineTypes() {}

  /**
   * Returns the type if the engine can take it.
   *
   * @throws IllegalArgumentException if it would end the process, such as BFLOAT16
   */
  public static DataType require(DataType type) {
    if (!SAFE.contains(type)) {
      throw new IllegalArgumentException(
          "the engine cannot take " + type + " arrays; widen them to FLOAT32 first");
    }
    return type;
  }
}
