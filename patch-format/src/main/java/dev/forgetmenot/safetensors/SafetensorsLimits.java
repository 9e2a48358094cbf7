package dev.forgetmenot.safetensors;

import java.util.EnumSet;
import java.util.Set;

/**
 * How large and how varied a file may be. What is beyond a limit is refused, never cut.
 *
 * @param headerBytes largest JSON header
 * @param tensors largest number of tensors
 * @param rank largest number of dimensions of one tensor
 * @param dtypes element types that may occur
 */
public record SafetensorsLimits(long headerBytes, int tensors, int rank, Set<DType> dtypes) {

  /**
   * For models, which may be large. The format's reference reader takes headers of 100 MB; those of
   * models have less than 1 MB, and 16 MiB are read within the memory that hostile files may take.
   */
  public static final SafetensorsLimits MODEL =
      new SafetensorsLimits(16 << 20, 100_000, 8, EnumSet.allOf(DType.class));

  /** For tensors inside a patch, which comes from a stranger. */
  public static final SafetensorsLimits PATCH =
      new SafetensorsLimits(
          1 << 20, 4096, 4, EnumSet.of(DType.F16, DType.BF16, DType.F32, DType.I64));

  /** Copies the set. */
  public SafetensorsLimits {
    dtypes = Set.copyOf(dtypes);
  }
}
