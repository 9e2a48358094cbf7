package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import java.io.IOException;
import java.util.Optional;

/**
 * What the UNet of a checkpoint predicts, which no shape tells: the noise in 1.x and in the 512
 * pixel models of 2.x, the velocity in its 768 pixel models.
 *
 * @param type noise or velocity
 * @param guessed how it was guessed, for people; empty where it was given
 */
record PredictionTypeDetector(PredictionType type, Optional<String> guessed) {
  private static final String DECLARED = "modelspec.prediction_type";

  /**
   * A bias of the last attention, whose spread differs in the published models of both kinds; other
   * programs tell them apart by it.
   */
  private static final String TELLING = ".1.transformer_blocks.0.norm1.bias";

  /** An empty tensor by which trainers of XL mark models that predict the velocity. */
  private static final String VELOCITY_MARK = "v_pred";

  private static final double TELLING_SPREAD = 0.09;

  static PredictionTypeDetector said(PredictionType type) {
    return new PredictionTypeDetector(type, Optional.empty());
  }

  /**
   * What the file says of itself, or else a guess.
   *
   * @param version2 whether it is of 2.x, whose models predict one or the other
   */
  static PredictionTypeDetector of(SafetensorsFile file, TensorShapes unet, boolean version2)
      throws IOException {
    String declared = file.metadata().getOrDefault(DECLARED, "");
    switch (declared) {
      case "epsilon" -> {
        return said(PredictionType.EPSILON);
      }
      case "v", "v_prediction" -> {
        return said(PredictionType.V_PREDICTION);
      }
      default -> {
        // ModelSpec has other words for other kinds of models
      }
    }
    if (file.tensors().containsKey(VELOCITY_MARK)) {
      return said(PredictionType.V_PREDICTION);
    }
    if (!version2) {
      return said(PredictionType.EPSILON);
    }
    String last = unet.prefix() + "output_blocks." + (unet.count("output_blocks.") - 1) + TELLING;
    boolean velocity =
        !file.tensors().containsKey(last) || spread(file.doubles(last)) > TELLING_SPREAD;
    return new PredictionTypeDetector(
        velocity ? PredictionType.V_PREDICTION : PredictionType.EPSILON,
        Optional.of(
            velocity
                ? guessed("the velocity (768 pixels)", "epsilon")
                : guessed("the noise (512 pixels)", "v_prediction")));
  }

  private static String guessed(String what, String other) {
    return "assumed to be a model that predicts "
        + what
        + ", by its weights; say --prediction-type "
        + other
        + " if its images are noise";
  }

  private static double spread(double[] values) {
    double sum = 0;
    double squares = 0;
    for (double value : values) {
      sum += value;
      squares += value * value;
    }
    double mean = sum / values.length;
    return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  }
}
