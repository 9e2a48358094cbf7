package dev.forgetmenot.diffusion.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the products of the UNet and the VAE are computed in. Norms, the softmax, the text encoder,
 * the sampler and every training are computed in FLOAT32 whatever it is.
 */
public enum ComputePrecision {
  /** FLOAT32: 24 bits of precision. */
  F32(6),
  /**
   * FLOAT32 with weights that are put into oneDNN's own layout once: the last bits differ from
   * {@link #F32}, since sums are taken in another order.
   */
  F32_PACKED(6),
  /**
   * FLOAT32 in the form that is the fastest on this processor, product by product: {@link
   * #F32_PACKED}, or one of the others of {@link ProductForm}. Each shape is timed once.
   */
  F32_AUTOTUNE(6),
  /** BFLOAT16: 8 bits of precision and the range of FLOAT32. */
  BF16(15),
  /** FLOAT16: 11 bits of precision, up to 65504. For GPUs; slow on most CPUs. */
  F16(5),
  /**
   * On a CPU {@link #BF16} where it says that it has instructions for it, {@link #F32_AUTOTUNE}
   * where it has those that oneDNN's own layouts were measured with, else {@link #F32}.
   */
  AUTO(-1);

  private static final Set<String> FOR_BF16 = Set.of("avx512_bf16", "amx_bf16"); // Linux's names
  private static final Set<String> FOR_PACKED = Set.of("avx2");
  private static final Set<String> FOR_F16 = Set.of("avx512_fp16", "amx_fp16");

  private final int scalarType;

  ComputePrecision(int scalarType) {
    this.scalarType = scalarType;
  }

  /** PyTorch's number of the element type. */
  int scalarType() {
    return scalarType;
  }

  /**
   * A precision that is not {@link #AUTO}.
   *
   * @param precision what is computed in
   * @param reason why, for people
   */
  public record Choice(ComputePrecision precision, String reason) {
    @Override
    public String toString() {
      return precision + " (" + reason + ")";
    }
  }

  /**
   * What this means on a device of this machine.
   *
   * @param device {@code cpu}, or another
   * @throws IllegalArgumentException if it is FLOAT16 and this processor has no instructions for it
   */
  public Choice on(String device) {
    return on(device, Path.of("/"));
  }

  /**
   * What this means as the files below a folder say.
   *
   * @param root the folder that has {@code proc}
   */
  Choice on(String device, Path root) {
    boolean cpu = device.equals("cpu");
    if (this == F16 && cpu && instruction(root, FOR_F16).isEmpty()) {
      throw new IllegalArgumentException(
          "this processor has no instructions for f16, which would take many times as long as f32;"
              + " expected f32, bf16 or auto on it. Weights can be held in 16 bits all the same:"
              + " --weight-dtype half");
    }
    if (this != AUTO) {
      return new Choice(this, "as asked for");
    }
    if (!cpu) {
      return new Choice(F32, "auto takes fewer bits on a CPU alone");
    }
    return instruction(root, FOR_BF16)
        .map(name -> new Choice(BF16, "the processor has " + name))
        .or(
            () ->
                instruction(root, FOR_PACKED)
                    .map(
                        name ->
                            new Choice(
                                F32_AUTOTUNE,
                                "the processor has "
                                    + name
                                    + " and names no instructions for bf16")))
        .orElse(new Choice(F32, "the processor names no instructions for more"));
  }

  /**
   * The precisions that a device of this machine is made for, in the order of this list: on a CPU
   * those of fewer than 32 bits only if it names instructions for them.
   *
   * @param device {@code cpu}, or another
   */
  public static List<ComputePrecision> suiting(String device) {
    boolean cpu = device.equals("cpu");
    Path root = Path.of("/");
    return Arrays.stream(values())
        .filter(one -> one != AUTO)
        .filter(one -> one != BF16 || !cpu || instruction(root, FOR_BF16).isPresent())
        .filter(one -> one != F16 || !cpu || instruction(root, FOR_F16).isPresent())
        .toList();
  }

  /** As command lines and PNG files name it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Optional<String> instruction(Path root, Set<String> wanted) {
    try (var lines = Files.lines(root.resolve("proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .limit(1)
          .flatMap(line -> Arrays.stream(line.split("\\s+")))
          .filter(wanted::contains)
          .sorted()
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // no Linux
    }
  }
}
