package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import java.util.Arrays;

/**
 * The equation that a DPM-Solver solves: Lu, Zhou, Bao, Chen, Li and Zhu, arXiv 2206.00927
 * (DPM-Solver, for ε) and arXiv 2211.01095 (DPM-Solver++, for x₀), each as an ordinary or a
 * stochastic differential equation. The exact solution from s to t is a weighted sum of
 * x<sub>s</sub>, the derivatives of the prediction by λ, and noise.
 */
enum DpmSolver {
  /** DPM-Solver++. */
  DATA("dpmsolver++") {
    @Override
    Weights weights(double alphaS, double sigmaS, double alphaT, double sigmaT, double h) {
      double e = Math.expm1(-h);
      return new Weights(
          sigmaT / sigmaS,
          -alphaT * e,
          alphaT * (e / h + 1),
          -alphaT * ((e + h) / (h * h) - 0.5),
          0);
    }
  },
  /** DPM-Solver. */
  NOISE("dpmsolver") {
    @Override
    Weights weights(double alphaS, double sigmaS, double alphaT, double sigmaT, double h) {
      double e = Math.expm1(h);
      return new Weights(
          alphaT / alphaS,
          -sigmaT * e,
          -sigmaT * (e / h - 1),
          -sigmaT * ((e - h) / (h * h) - 0.5),
          0);
    }
  },
  /** SDE-DPM-Solver++. */
  DATA_SDE("sde-dpmsolver++") {
    @Override
    Weights weights(double alphaS, double sigmaS, double alphaT, double sigmaT, double h) {
      double g = 2 * h;
      double e = -Math.expm1(-g);
      return new Weights(
          sigmaT / sigmaS * Math.exp(-h),
          alphaT * e,
          alphaT * (-e / g + 1),
          alphaT * ((e - g) / (g * g) - 0.5),
          sigmaT * Math.sqrt(e));
    }
  },
  /** SDE-DPM-Solver, to the second order. */
  NOISE_SDE("sde-dpmsolver") {
    @Override
    Weights weights(double alphaS, double sigmaS, double alphaT, double sigmaT, double h) {
      double e = Math.expm1(h);
      return new Weights(
          alphaT / alphaS,
          -2 * sigmaT * e,
          -2 * sigmaT * (e / h - 1),
          Double.NaN,
          sigmaT * Math.sqrt(Math.expm1(2 * h)));
    }
  };

  /**
   * Weights of a step.
   *
   * @param sample of x at s
   * @param value of the prediction at s
   * @param slope of its first derivative by λ, times h
   * @param curve of its second derivative, times h²
   * @param noise the deviation of fresh noise; 0 where the equation has none
   */
  record Weights(double sample, double value, double slope, double curve, double noise) {}

  private final String algorithmType;

  DpmSolver(String algorithmType) {
    this.algorithmType = algorithmType;
  }

  /**
   * The value of {@code algorithm_type}; {@code deis}, which other classes write, is DPM-Solver++.
   *
   * @throws IllegalArgumentException if it is none that diffusers' class has
   */
  static DpmSolver of(SchedulerConfig config, String sampler) {
    String type = config.text("algorithm_type", "dpmsolver++");
    String known = type.equals("deis") ? "dpmsolver++" : type;
    DpmSolver solver =
        Arrays.stream(values())
            .filter(one -> one.algorithmType.equals(known))
            .findFirst()
            .orElseThrow(() -> UnsupportedSetting.of(sampler, "algorithm_type", type));
    if (solver.predictsNoise() && config.text("final_sigmas_type", "zero").equals("zero")) {
      throw UnsupportedSetting.of(
          sampler, "algorithm_type " + type + " with final_sigmas_type", "zero");
    }
    return solver;
  }

  /**
   * Whether the second order takes the slope at the midpoint ({@code solver_type midpoint}) instead
   * of that of Heun's method; names of other classes mean the midpoint.
   */
  static boolean atMidpoint(SchedulerConfig config, String sampler) {
    String type = config.text("solver_type", "midpoint");
    return switch (type) {
      case "midpoint", "logrho", "bh1", "bh2" -> true;
      case "heun" -> false;
      default -> throw UnsupportedSetting.of(sampler, "solver_type", type);
    };
  }

  /** Whether it is ε, not x₀, whose derivatives are taken. */
  boolean predictsNoise() {
    return this == NOISE || this == NOISE_SDE;
  }

  /** Whether it draws noise. */
  boolean isStochastic() {
    return this == DATA_SDE || this == NOISE_SDE;
  }

  /**
   * The weights of a step.
   *
   * @param h λₜ − λₛ; may be infinite, where slope and curve mean nothing
   */
  abstract Weights weights(double alphaS, double sigmaS, double alphaT, double sigmaT, double h);
}
