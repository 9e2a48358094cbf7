package dev.forgetmenot.api.training;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is trained and how: AdamW (Loshchilov and Hutter, arXiv 1711.05101) with a clip of the
 * global gradient norm. Made by {@link #adamW} or {@link #builder}: its constructor changes with
 * every new component.
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
 * @param gradientCheckpointing whether activations of the UNet are computed again while gradients
 *     are, in place of being kept: less memory for more time
 * @param mixedPrecision whether the UNet's products round their operands to BFLOAT16; weights,
 *     gradients and all else stay FLOAT32. Fast where the processor has instructions for it, slow
 *     elsewhere
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
    Optional<LoraOptions> adapters,
    boolean gradientCheckpointing,
    boolean mixedPrecision) {

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
        Optional.empty(),
        false,
        false);
  }

  /** PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.01; clipped at 1. */
  public static TrainingOptions adamW(Predicate<String> trainable, double learningRate) {
    return builder(trainable, learningRate).build();
  }

  /** A builder that begins with the values of {@link #adamW}. */
  public static Builder builder(Predicate<String> trainable, double learningRate) {
    return new Builder(trainable, learningRate);
  }

  /** A builder that begins with these values. */
  public Builder toBuilder() {
    Builder builder = new Builder(trainable, learningRate);
    builder.beta1 = beta1;
    builder.beta2 = beta2;
    builder.epsilon = epsilon;
    builder.weightDecay = weightDecay;
    builder.maxGradNorm = maxGradNorm;
    builder.accumulation = accumulation;
    builder.schedule = schedule;
    builder.keepsBase = keepsBase;
    builder.adapters = adapters;
    builder.gradientCheckpointing = gradientCheckpointing;
    builder.mixedPrecision = mixedPrecision;
    return builder;
  }

  /** The same with another weight decay. */
  public TrainingOptions decaying(double decay) {
    return toBuilder().weightDecay(decay).build();
  }

  /** The same with another clip. */
  public TrainingOptions clippedAt(double norm) {
    return toBuilder().maxGradNorm(norm).build();
  }

  /** The same with so many micro-steps for one step. */
  public TrainingOptions accumulating(int microSteps) {
    return toBuilder().accumulation(microSteps).build();
  }

  /** The same with a schedule. */
  public TrainingOptions scheduled(LearningRateSchedule other) {
    return toBuilder().schedule(other).build();
  }

  /** The same for a scope that can look at the base. */
  public TrainingOptions keepingBase() {
    return toBuilder().keepsBase(true).build();
  }

  /** The same with adapters on the chosen weights. */
  public TrainingOptions adapting(LoraOptions other) {
    return toBuilder().adapters(other).build();
  }

  /** The same with activations that are computed again, or kept. */
  public TrainingOptions checkpointing(boolean again) {
    return toBuilder().gradientCheckpointing(again).build();
  }

  /** The same with products of BFLOAT16, or of FLOAT32. */
  public TrainingOptions mixing(boolean bfloat16) {
    return toBuilder().mixedPrecision(bfloat16).build();
  }

  /** Collects the values; {@link #build} checks them. For one thread. */
  public static final class Builder {
    private Predicate<String> trainable;
    private double learningRate;
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private double weightDecay = 0.01;
    private double maxGradNorm = 1;
    private int accumulation = 1;
    private LearningRateSchedule schedule = LearningRateSchedule.CONSTANT;
    private boolean keepsBase = false;
    private Optional<LoraOptions> adapters = Optional.empty();
    private boolean gradientCheckpointing = false;
    private boolean mixedPrecision = false;

    private Builder(Predicate<String> trainable, double learningRate) {
      this.trainable = trainable;
      this.learningRate = learningRate;
    }

    /** Chooses weights by canonical name. */
    public Builder trainable(Predicate<String> value) {
      this.trainable = value;
      return this;
    }

    /** Above 0. */
    public Builder learningRate(double value) {
      this.learningRate = value;
      return this;
    }

    /** Decay of the first moment, in [0, 1). */
    public Builder beta1(double value) {
      this.beta1 = value;
      return this;
    }

    /** Decay of the second moment, in [0, 1). */
    public Builder beta2(double value) {
      this.beta2 = value;
      return this;
    }

    /** Above 0. */
    public Builder epsilon(double value) {
      this.epsilon = value;
      return this;
    }

    /** 0 or more. */
    public Builder weightDecay(double value) {
      this.weightDecay = value;
      return this;
    }

    /** Global norm to clip to; infinite for none. */
    public Builder maxGradNorm(double value) {
      this.maxGradNorm = value;
      return this;
    }

    /** Micro-steps for one optimizer step, at least 1. */
    public Builder accumulation(int value) {
      this.accumulation = value;
      return this;
    }

    /** What the learning rate is multiplied by. */
    public Builder schedule(LearningRateSchedule value) {
      this.schedule = value;
      return this;
    }

    /** Whether the weights are remembered as they were. */
    public Builder keepsBase(boolean value) {
      this.keepsBase = value;
      return this;
    }

    /** Adapters on the chosen weights, which are trained in their place. */
    public Builder adapters(LoraOptions value) {
      this.adapters = Optional.of(value);
      return this;
    }

    /** Whether activations of the UNet are computed again in place of being kept. */
    public Builder gradientCheckpointing(boolean value) {
      this.gradientCheckpointing = value;
      return this;
    }

    /** Whether the UNet's products round their operands to BFLOAT16. */
    public Builder mixedPrecision(boolean value) {
      this.mixedPrecision = value;
      return this;
    }

    /**
     * The values as they are now.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public TrainingOptions build() {
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
          adapters,
          gradientCheckpointing,
          mixedPrecision);
    }
  }

  private static void require(boolean condition, String message, Number found) {
    if (!condition) {
      throw new IllegalArgumentException(message + ", not " + found);
    }
  }
}
