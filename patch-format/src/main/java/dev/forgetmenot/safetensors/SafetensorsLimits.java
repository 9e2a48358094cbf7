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

  /** The largest header that the format's reference reader takes. */
  public static final long REFERENCE_HEADER_BYTES = 100_000_000;

  /**
   * The largest header of files that are not patches: the reference's, or what a small heap can
   * hold, since a text in the header costs up to three times its size while it is read. Headers of
   * models have less than 1 MB; those of adapters that keep notes of their training may have many.
   */
  public static final long HEADER_BYTES =
      Math.min(REFERENCE_HEADER_BYTES, Runtime.getRuntime().maxMemory() / 8);

  /** For models, which may be large. */
  public static final SafetensorsLimits MODEL =
      new SafetensorsLimits(HEADER_BYTES, 100_000, 8, EnumSet.allOf(DType.class));

  /** For tensors inside a patch, which comes from a stranger. */
  public static final SafetensorsLimits PATCH =
      new SafetensorsLimits(
          1 << 20, 4096, 4, EnumSet.of(DType.F16, DType.BF16, DType.F32, DType.I64));

  /** Copies the set. */
  public SafetensorsLimits {
    dtypes = Set.copyOf(dtypes);
  }
}
