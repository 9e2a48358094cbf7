package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.diffusion.engine.ComputePrecision;
import picocli.CommandLine.Option;

/** What a command that draws computes in; how weights are held is another option. */
public final class PrecisionOption {
  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description =
          "What the UNet and the VAE compute in: f32; f32-packed, with weights in oneDNN's "
              + "layout and other last bits; f32-autotune, each layer in the form that was the "
              + "fastest on this processor when its shapes came first; bf16, faster on processors that have it; f16, for "
              + "GPUs; or auto, which is bf16 where the processor names instructions for it, and f32-autotune "
              + "on others with AVX2 "
              + "(default: ${DEFAULT-VALUE}).")
  private ComputePrecision precision;

  /** What the command line says. */
  public ComputePrecision precision() {
    return precision;
  }
}
