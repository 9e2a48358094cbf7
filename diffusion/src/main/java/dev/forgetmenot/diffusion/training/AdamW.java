package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.diffusion.engine.AdamWStep;
import dev.forgetmenot.diffusion.engine.EngineMemory;
import dev.forgetmenot.diffusion.engine.Ops;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101). Symbols: p parameter,
 * g gradient, m and v first and second moment, t how often this parameter has been updated. For the
 * engine thread, while no graph is recorded; the moments belong to the given manager and end with
 * it.
 */
public final class AdamW {
  private final NDManager manager;
  private final Ops ops;
  private final TrainingOptions options;
  private final Map<String, Moments> moments = new HashMap<>();

  /** An optimizer without history. */
  public AdamW(NDManager manager, Ops ops, TrainingOptions options) {
    this.manager = manager;
    this.ops = ops;
    this.options = options;
  }

  /**
   * Changes a parameter in place.
   *
   * @param name tells parameters apart
   * @param p the parameter, any shape
   * @param g its gradient, of the same shape; stays as it is
   * @param learningRate of this step, 0 or more
   */
  public void update(String name, NDArray p, NDArray g, double learningRate) {
    Moments state = moments.computeIfAbsent(name, key -> zeros(p));
    AdamWStep step =
        new AdamWStep(
            learningRate,
            options.weightDecay(),
            options.beta1(),
            options.beta2(),
            options.epsilon(),
            ++state.t);
    ops.adamW(p, g, state.m, state.v, step);
  }

  private Moments zeros(NDArray p) {
    return new Moments(
        manager.zeros(p.getShape(), p.getDataType()),
        manager.zeros(p.getShape(), p.getDataType()),
        0);
  }

  /** The history of every parameter that has been updated, by its name. */
  Map<String, Moments> moments() {
    return Collections.unmodifiableMap(moments);
  }

  /**
   * Goes on from a history.
   *
   * @param m first moment, shape of the parameter
   * @param v second moment, shape of the parameter
   * @param t how often the parameter was updated
   */
  void restore(String name, Shape shape, float[] m, float[] v, int t) {
    moments.put(
        name,
        new Moments(EngineMemory.of(manager, m, shape), EngineMemory.of(manager, v, shape), t));
  }

  /** The history of one parameter. */
  static final class Moments {
    private final NDArray m;
    private final NDArray v;
    private int t;

    private Moments(NDArray m, NDArray v, int t) {
      this.m = m;
      this.v = v;
      this.t = t;
    }

    /** The first moment; stays open. */
    NDArray m() {
      return m;
    }

    /** The second moment; stays open. */
    NDArray v() {
      return v;
    }

    /** How often the parameter was updated. */
    int t() {
      return t;
    }
  }
}
