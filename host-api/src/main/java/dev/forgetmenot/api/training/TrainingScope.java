package dev.forgetmenot.api.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * An open training session on a model. While it is open the chosen weights of the model are
 * trainable; {@link #close} makes them constant again and leaves their trained values in place. For
 * the engine thread.
 */
public interface TrainingScope extends AutoCloseable {
  /**
   * One optimizer step, of as many losses as the options' accumulation.
   *
   * @param loss makes a scalar loss on a manager that lives for one micro-step. Multiply by arrays
   *     of the engine's own memory ({@code manager.create(2f).duplicate()}), not by Java numbers:
   *     the graph would read a buffer that the garbage collector may have freed
   * @return the loss (mean of the micro-steps) and the gradient's global norm before the clip
   */
  StepReport step(Function<NDManager, NDArray> loss);

  /** The names of the chosen weights. */
  Set<String> trainable();

  /** Of those, the ones that no loss has reached yet: they are bit-equal to before. */
  Set<String> unreached();

  /** Copies of the clipped gradients of the last step, of the weights that it reached. */
  Map<String, float[]> lastGradients();

  @Override
  void close();

  /**
   * What a step did.
   *
   * @param step number of the step, from 1
   * @param loss the loss before the step
   * @param gradientNorm global norm of the gradient before the clip
   */
  record StepReport(int step, double loss, double gradientNorm) {}
}
