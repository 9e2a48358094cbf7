package dev.forgetmenot.api.training;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is trained and how: AdamW (Loshchilov and Hutter, arXiv 1711.05101) with a clip of the
 * global gradient norm.
 *
 * @param trainable chooses weights by canonical name
 * @param learningRate above 0
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon above 0
 * @param weightDecay 0 or more
 * @param maxGradNorm global norm to clip to; infinite for none
 * @param accumulation micro-steps for one optimizer step, at least 1; losses are averaged
 * @param schedule what the learning rate is multiplied by
 * @param keepsBase whether the weights are remembered as they were, for {@link
 *     TrainingScope#withBase}; costs their memory once more (adapters cost nothing)
 * @param adapters if there, the chosen weights stay as they are and get adapters, which are trained
 */
public record TrainingOptions(
    Predicate<String> trainable,
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double maxGradNorm,
    int accumulation,
    LearningRateSchedule schedule,
    boolean keepsBase,
    Optional<LoraOptions> adapters) {

  /** Checks the numbers. */
  public TrainingOptions {
    require(learningRate > 0, "learning rate must be above 0", learningRate);
    require(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1)", beta1);
    require(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1)", beta2);
    require(epsilon > 0, "epsilon must be above 0", epsilon);
    require(weightDecay >= 0, "weight decay must be 0 or more", weightDecay);
    require(maxGradNorm > 0, "gradient norm must be above 0", maxGradNorm);
    require(accumulation >= 1, "accumulation must be 1 or more", accumulation);
  }

  /** With a constant learning rate. */
  public TrainingOptions(
      Predicate<String> trainable,
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double maxGradNorm,
      int accumulation) {
    this(
        trainable,
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        maxGradNorm,
        accumulation,
        LearningRateSchedule.CONSTANT,
        false,
        Optional.empty());
  }

  /** PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.01; clipped at 1. */
  public static TrainingOptions adamW(Predicate<String> trainable, double learningRate) {
    return new TrainingOptions(trainable, learningRate, 0.9, 0.999, 1e-8, 0.01, 1.0, 1);
  }

  /** The same with another weight decay. */
  public TrainingOptions decaying(double decay) {
    return new TrainingOptions(
        trainable,
        learningRate,
        beta1,
        beta2,
        epsilon,
        decay,
        maxGradNorm,
        accumulation,
        schedule,
        keepsBase,
        adapters);
  }

  /** The same with another clip. */
  public TrainingOptions clippedAt(double norm) {
    return new TrainingOptions(
        trainable,
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        norm,
        accumulation,
        schedule,
        keepsBase,
        adapters);
  }

  /** The same with so many micro-steps for one step. */
  public TrainingOptions accumulating(int microSteps) {
    return new TrainingOptions(
        trainable,
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        maxGradNorm,
        microSteps,
        schedule,
        keepsBase,
        adapters);
  }

  /** The same with a schedule. */
  public TrainingOptions scheduled(LearningRateSchedule other) {
    return new TrainingOptions(
        trainable,
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        maxGradNorm,
        accumulation,
        other,
        keepsBase,
        adapters);
  }

  /** The same for a scope that can look at the base. */
  public TrainingOptions keepingBase() {
    return new TrainingOptions(
        trainable,
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        maxGradNorm,
        accumulation,
        schedule,
        true,
        adapters);
  }

  /** The same with adapters on the chosen weights. */
  public TrainingOptions adapting(LoraOptions other) {
    return new TrainingOptions(
        trainable,
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        maxGradNorm,
        accumulation,
        schedule,
        keepsBase,
        Optional.of(other));
  }

  private static void require(boolean condition, String message, Number found) {
    if (!condition) {
      throw new IllegalArgumentException(message + ", not " + found);
    }
  }
}
