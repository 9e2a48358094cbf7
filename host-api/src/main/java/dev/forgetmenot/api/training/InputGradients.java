package dev.forgetmenot.api.training;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gradients of the prediction's error to what goes into a model, whose weights stay constant and
 * get none. Open, it has the engine's one gradient collector: no training begins in the process
 * until {@link #close}; drawing goes on as ever. For the engine thread.
 *
 * <p>Letters: b images, n tokens (77), d width of the text embedding, that of several text encoders
 * side by side, c h w channels, height and width of latents.
 */
public interface InputGradients extends AutoCloseable {
  /** What a gradient is taken to. */
  enum Input {
    /** The rows of the tokens before positions are added (b, n, d). */
    TOKEN_EMBEDDINGS,
    /** What the UNet attends to, {@link TextCondition#context} (b, n, d). */
    TEXT_STATES,
    /** xₜ (b, c, h, w). */
    LATENTS
  }

  /** The rows of prompts' tokens before positions are added; the caller closes them. */
  Embedded embed(List<TokenizedPrompt> prompts);

  /**
   * Errors with a text that is given by its token embeddings, such as {@link #embed} makes. Where a
   * model has several text encoders, the pooled text is made of them too, and the gradient to them
   * goes both ways; images are whole ones of the latents' size.
   *
   * @param text b texts, n of at most 77; stays the caller's
   * @param inputs what gradients are taken to
   * @throws IllegalArgumentException if shapes do not fit each other or the model
   * @throws ArithmeticException if an error is not finite
   */
  Errors ofEmbeddings(Prediction prediction, Embedded text, Set<Input> inputs);

  /**
   * Errors with a text that is given by its states, such as {@code encodePrompts} makes. A pooled
   * text stays constant.
   *
   * @param condition of a batch of b; stays the caller's
   * @param inputs what gradients are taken to; not {@link Input#TOKEN_EMBEDDINGS}
   * @throws IllegalArgumentException if shapes do not fit each other or the model, or token
   *     embeddings are asked for
   * @throws ArithmeticException if an error is not finite
   */
  Errors ofStates(Prediction prediction, TextCondition condition, Set<Input> inputs);

  @Override
  void close();

  /**
   * Texts by their token embeddings.
   *
   * @param rows (b, n, d), before positions are added
   * @param ends the index of each text's end, where a model takes the pooled text; {@link
   *     TokenizedPrompt#endPosition}
   */
  @SuppressWarnings("ArrayRecordComponent") // read only
  record Embedded(NDArray rows, int[] ends) implements AutoCloseable {
    @Override
    public void close() {
      rows.close();
    }
  }

  /**
   * What is predicted, and what it is compared with. The arrays stay the caller's.
   *
   * @param latents xₜ (b, c, h, w)
   * @param timesteps t, one for each of the batch
   * @param target what the UNet should say (b, c, h, w): the noise, or the velocity where the model
   *     predicts that; or what another model says
   */
  @SuppressWarnings("ArrayRecordComponent") // read only
  record Prediction(NDArray latents, double[] timesteps, NDArray target) {}

  /**
   * What came of it; closed by the caller.
   *
   * @param values the mean squared error of each image
   * @param gradients of the sum of the errors: row i is that of image i alone; of the manager of
   *     the latents
   */
  @SuppressWarnings("ArrayRecordComponent") // read only
  record Errors(double[] values, Map<Input, NDArray> gradients) implements AutoCloseable {
    /** Copies the map. */
    public Errors {
      gradients = Map.copyOf(gradients);
    }

    /** One that was asked for. */
    public NDArray gradient(Input input) {
      return Optional.ofNullable(gradients.get(input))
          .orElseThrow(() -> new IllegalArgumentException("no gradient was taken to " + input));
    }

    @Override
    public void close() {
      gradients.values().forEach(NDArray::close);
    }
  }
}
