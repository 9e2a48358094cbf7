package dev.forgetmenot.diffusion.schedule;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.Message;
import java.util.stream.IntStream;

/**
 * The forward process of Ho et al. (arXiv 2006.11239) with whole timesteps. Immutable; its arrays
 * are computed on the caller's thread, which must be the engine thread.
 */
public final class DiscreteNoiseSchedule implements NoiseSchedule {
  private final AlphasCumprod alphaBars;
  private final PredictionType predictionType;

  /**
   * The process that a model was trained with.
   *
   * @throws IllegalArgumentException if a key is wrong or not supported; the message names it
   */
  public DiscreteNoiseSchedule(SchedulerConfig config) {
    this.alphaBars = AlphasCumprod.of(config, true);
    this.predictionType = predictionType(config);
  }

  /** The value of {@code prediction_type}; epsilon if the key is absent, as in all of diffusers. */
  public static PredictionType predictionType(SchedulerConfig config) {
    String name = config.text("prediction_type", "epsilon");
    return switch (name) {
      case "epsilon" -> PredictionType.EPSILON;
      case "v_prediction" -> PredictionType.V_PREDICTION;
      case "sample" -> PredictionType.SAMPLE;
      default ->
          throw new IllegalArgumentException(
              "scheduler_config.json: prediction_type \""
                  + name
                  + "\" is not supported; known: epsilon, v_prediction, sample");
    };
  }

  /** The value of {@code prediction_type} for a type. */
  public static String name(PredictionType type) {
    return switch (type) {
      case EPSILON -> "epsilon";
      case V_PREDICTION -> "v_prediction";
      case SAMPLE -> "sample";
    };
  }

  @Override
  public int trainSteps() {
    return alphaBars.trainSteps();
  }

  @Override
  public PredictionType predictionType() {
    return predictionType;
  }

  @Override
  public double[] alphasCumprod() {
    return IntStream.range(0, trainSteps()).mapToDouble(alphaBars::at).toArray();
  }

  @Override
  public double sigma(int timestep) {
    double alphaBar = alphaBar(timestep);
    return Math.sqrt((1 - alphaBar) / alphaBar);
  }

  /** Ho et al., eq. (4). */
  @Override
  public NDArray addNoise(NDArray sample, NDArray noise, int[] timesteps) {
    return mix(sample, signal(timesteps), noise, deviation(timesteps, 1));
  }

  /** Salimans and Ho, arXiv 2202.00512, section 4: v. */
  @Override
  public NDArray velocity(NDArray sample, NDArray noise, int[] timesteps) {
    return mix(noise, signal(timesteps), sample, deviation(timesteps, -1));
  }

  private float[] signal(int[] timesteps) {
    float[] factors = new float[timesteps.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = Float32.sqrt(alphaBar(timesteps[i]));
    }
    return factors;
  }

  private float[] deviation(int[] timesteps, float sign) {
    float[] factors = new float[timesteps.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = sign * Float32.sqrt(1 - alphaBar(timesteps[i]));
    }
    return factors;
  }

  private float alphaBar(int timestep) {
    if (timestep < 0 || timestep >= trainSteps()) {
      throw new IllegalArgumentException(
          "timesteps are in [0, " + trainSteps() + "), not " + timestep);
    }
    return alphaBars.at(timestep);
  }

  /** a·f + b·g with one factor for each of the batch. */
  private static NDArray mix(NDArray a, float[] f, NDArray b, float[] g) {
    Shape shape = a.getShape();
    if (!shape.equals(b.getShape()) || shape.get(0) != f.length) {
      throw new IllegalArgumentException(
          Message.of(
              "expected two arrays of one shape and a timestep for each of the batch, not %s, %s"
                  + " and %s timesteps",
              shape, b.getShape(), f.length));
    }
    long[] perSample = new long[shape.dimension()];
    java.util.Arrays.fill(perSample, 1);
    perSample[0] = f.length;
    Shape factorShape = new Shape(perSample);
    try (NDArray factorA = a.getManager().create(f, factorShape);
        NDArray factorB = b.getManager().create(g, factorShape);
        NDArray left = a.mul(factorA);
        NDArray right = b.mul(factorB)) {
      return left.add(right);
    }
  }
}
