package dev.forgetmenot.api.model;

import java.util.List;

/**
 * Tokens that were added to a model, until {@link #close} takes them off: then tokenizer and text
 * encoder are as before, bit for bit. A token stands for one or several rows of the text encoder;
 * in a prompt it is written by its name, anywhere, glued to other words or not.
 *
 * <p>Their rows are one weight of their own, so that they can be trained while the vocabulary stays
 * as it is: {@code model.train(..)} with a choice of {@link #weight}. Close what was added last
 * first, and a training scope before the tokens that it trains. For the engine thread.
 */
public interface AddedTokens extends AutoCloseable {
  /** The names, in the order of the rows. */
  List<String> names();

  /**
   * The canonical name of the weight that holds the rows (k, d). {@link NamedWeights} reads it, but
   * does not list it, and there is nothing in the base to go back to.
   */
  String weight();

  /** A copy of the rows that the model uses now, k of d numbers. */
  float[][] vectors();

  /**
   * Writes the rows in place, also while they are trained: the optimizer's moments stay.
   *
   * @param vectors k of d finite numbers
   * @throws IllegalArgumentException if number or width differ, or a number is not finite
   */
  void set(float[][] vectors);

  /**
   * Takes the tokens off; twice is once.
   *
   * @throws IllegalStateException if tokens that were added later are still there
   */
  @Override
  void close();
}
