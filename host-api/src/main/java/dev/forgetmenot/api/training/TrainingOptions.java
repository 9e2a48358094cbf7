package dev.forgetmenot.api.training;

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
 */
public record TrainingOptions(
    Predicate<String> trainable,
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double maxGradNorm,
    int accumulation) {

  /** PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.01; clipped at 1. */
  public static TrainingOptions adamW(Predicate<String> trainable, double learningRate) {
    return new TrainingOptions(trainable, learningRate, 0.9, 0.999, 1e-8, 0.01, 1.0, 1);
  }
}
