package dev.forgetmenot.api.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.patch.edit.LowRank;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * An open training session on a model. While it is open the chosen weights of the model are
 * trainable; {@link #close} makes them constant again and leaves their trained values in place;
 * adapters are taken away. For the engine thread.
 */
public interface TrainingScope extends AutoCloseable {
  /**
   * One optimizer step, of as many losses as the options' accumulation.
   *
   * @param loss makes a scalar loss on a manager that lives for one micro-step. Multiply with
   *     {@link ScalarOps} or by arrays of the engine's own memory ({@code
   *     manager.create(..).duplicate()}), not by Java numbers: the graph would read a buffer that
   *     the garbage collector may have freed
   * @return the loss (mean of the micro-steps) and the gradient's global norm before the clip
   */
  StepReport step(Function<NDManager, NDArray> loss);

  /** Steps that are done, those of a restored state included. */
  int steps();

  /**
   * The names of what is trained: the chosen weights, or their adapters' {@code
   * unet/MODULE.lora_A.weight} (down) and {@code unet/MODULE.lora_B.weight} (up).
   */
  Set<String> trainable();

  /** Of those, the ones that no loss has reached yet: they are bit-equal to before. */
  Set<String> unreached();

  /** Copies of the clipped gradients of the last step, of the weights that it reached. */
  Map<String, float[]> lastGradients();

  /** The adapters as they are now, by the name of their weight; empty without adapters. */
  Map<String, LowRank> adapters();

  /**
   * Does work with the model as it was when the scope was opened, without recording a graph; inside
   * of a loss too. The work must not keep weights.
   *
   * @throws IllegalStateException if the options do not keep the base
   */
  <T> T withBase(Supplier<T> work);

  /**
   * What the job wants to find again when it goes on: {@link #save} writes these texts with the
   * state, {@link #restore} puts them back. The caller may change the map.
   */
  Map<String, String> notes();

  /**
   * Writes trained weights, moments and step number to a safetensors file, over an older one. A
   * scope of the same options on the same model that {@link #restore restores} it goes on with the
   * same bits, as long as losses depend on the step's number alone and {@link Restored#differences}
   * is empty.
   *
   * @param about further settings of the job, of which restore asks that they are the same
   * @throws IOException if the file cannot be written; an older one is then untouched
   */
  void save(Path file, Map<String, String> about) throws IOException;

  /** {@link #restore(Path, Map, UnaryOperator)} of a file whose settings are written as today. */
  default Restored restore(Path file, Map<String, String> about) throws IOException {
    return restore(file, about, UnaryOperator.identity());
  }

  /**
   * Goes on from a file that {@link #save} has written, before the first step.
   *
   * @param about as given to save
   * @param today turns the settings of a file that an earlier release wrote into those of today
   * @throws IOException if the file is missing or broken, or belongs to other weights, options or
   *     settings; the message names the first difference
   */
  Restored restore(Path file, Map<String, String> about, UnaryOperator<Map<String, String>> today)
      throws IOException;

  @Override
  void close();

  /**
   * Where a restored scope stands.
   *
   * @param steps that are done
   * @param differences what is other than then and may change the last bits of the result: threads,
   *     engine, device, version of the program; in words
   */
  record Restored(int steps, List<String> differences) {
    /** Copies the list. */
    public Restored {
      differences = List.copyOf(differences);
    }
  }

  /**
   * What a step did.
   *
   * @param step number of the step, from 1
   * @param loss the loss before the step
   * @param gradientNorm global norm of the gradient before the clip
   */
  record StepReport(int step, double loss, double gradientNorm) {}
}
