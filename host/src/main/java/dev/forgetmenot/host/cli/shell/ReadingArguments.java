package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of how a model's files are read. */
public final class ReadingArguments {
  @Option(
      names = "--prediction-type",
      paramLabel = "TYPE",
      converter = PredictionArgument.class,
      description =
          "What the model predicts, where its files do not say it or say it wrong: epsilon "
              + "or v_prediction.")
  private PredictionType prediction;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description =
          "Which weights of a folder that has several, such as fp16, bf16, ema or non_ema"
              + " (default: those without a variant, or the only ones).")
  private String variant;

  @Option(
      names = "--strict",
      description =
          "Refuse a model that holds tensors that no image needs, rather than leave them out and"
              + " name them.")
  private boolean strict;

  /** What the command line says that the model predicts. */
  public Optional<PredictionType> prediction() {
    return Optional.ofNullable(prediction);
  }

  /** All of it. */
  public ReadingOptions options() {
    return new ReadingOptions(prediction(), Optional.ofNullable(variant), strict);
  }
}
