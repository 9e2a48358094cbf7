package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.api.sampling.PredictionType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what a model predicts, as diffusers and others write it. */
public final class PredictionArgument implements ITypeConverter<PredictionType> {
  @Override
  public PredictionType convert(String text) {
    return switch (text) {
      case "epsilon", "eps" -> PredictionType.EPSILON;
      case "v_prediction", "v" -> PredictionType.V_PREDICTION;
      default ->
          throw new TypeConversionException("'" + text + "' is neither epsilon nor v_prediction");
    };
  }
}
