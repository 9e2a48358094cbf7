package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.patching.diff.DifferenceForm;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** Options of how a difference of weights is kept. */
final class FormOptions {
  @Option(
      names = "--as",
      paramLabel = "FORM",
      defaultValue = "auto",
      description =
          "${COMPLETION-CANDIDATES}: every value, products of thin factors, one change of "
              + "what cross attention reads, or what fits (default: ${DEFAULT-VALUE}).")
  private DifferenceForm.Kind kind;

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Rank of every product (default: all but the noise of the files).")
  private Integer rank;

  @Option(
      names = "--energy",
      paramLabel = "SHARE",
      description = "Share of the squared change that every product must hold, such as 0.99.")
  private Double energy;

  @Option(
      names = "--fp16",
      description =
          "Store values in full as halves also where that rounds them: half the size. How much is"
              + " lost is said. Without it they are halves where nothing is lost.")
  private boolean half;

  DifferenceForm form() {
    return new DifferenceForm(
        kind,
        rank == null ? OptionalInt.empty() : OptionalInt.of(rank),
        energy == null ? OptionalDouble.empty() : OptionalDouble.of(energy),
        half);
  }
}
