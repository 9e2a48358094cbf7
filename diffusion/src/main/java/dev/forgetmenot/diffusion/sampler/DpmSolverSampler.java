package dev.forgetmenot.diffusion.sampler;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.SchedulerConfig;

/** What the two DPM-Solver samplers share: the equation, and how its weights become a step. */
abstract class DpmSolverSampler extends LogSnrSampler {
  final DpmSolver solver;
  final boolean midpoint;

  DpmSolverSampler(String name, SchedulerConfig config, SigmaSchedule schedule, int order) {
    super(name, config, schedule, order);
    this.solver = DpmSolver.of(config, name);
    this.midpoint = DpmSolver.atMidpoint(config, name);
    if (solver == DpmSolver.NOISE_SDE && order > 2) {
      throw UnsupportedSetting.of(name, "algorithm_type sde-dpmsolver with solver_order", "3");
    }
  }

  /** The weights of a step from one index to a later one. */
  final DpmSolver.Weights weights(int from, int to) {
    return solver.weights(
        signal(from), deviation(from), signal(to), deviation(to), lambda(to) - lambda(from));
  }

  /**
   * Remembers what the model predicts.
   *
   * @param sample that the model saw
   */
  final void remember(NDArray modelOutput, int index, NDArray sample) {
    outputs.add(predicted(solver.predictsNoise(), modelOutput, index, sample));
  }

  /** The sample after a step. */
  final NDArray taken(
      DpmSolver.Weights step, NDArray from, NoiseSource noise, double... ofOutputs) {
    NDArray next = combined(step.sample(), from, ofOutputs);
    return solver.isStochastic() ? FreshNoise.added(next, step.noise(), noise) : next;
  }
}
