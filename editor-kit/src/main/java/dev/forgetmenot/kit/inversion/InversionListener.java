package dev.forgetmenot.kit.inversion;

import dev.forgetmenot.patching.embeddings.Embeddings;
import java.io.IOException;
import java.util.function.Supplier;

/** Receives the steps of an inversion, on the engine thread. */
@FunctionalInterface
public interface InversionListener {
  /** Does nothing. */
  InversionListener NONE = (step, steps, tokens) -> {};

  /**
   * Called after each step, while the tokens are on the model: it can draw with them.
   *
   * @param step from 1
   * @param steps how many there will be
   * @param tokens copies the rows of now
   * @throws IOException to end the inversion
   * @throws java.util.concurrent.CancellationException to stop it after this step, which counts
   */
  void stepped(int step, int steps, Supplier<Embeddings> tokens) throws IOException;
}
