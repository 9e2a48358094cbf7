package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import java.util.ArrayList;
import java.util.List;

/**
 * Text embeddings of a few prompts, worked out once. {@link #close} frees them. For the engine
 * thread.
 */
public final class PromptEmbeddings implements AutoCloseable {
  private final List<TextCondition> embeddings = new ArrayList<>(); // of one prompt each

  /** Encodes prompts; none are allowed. */
  public PromptEmbeddings(DiffusionModel model, List<TokenizedPrompt> prompts) {
    for (TokenizedPrompt prompt : prompts) {
      embeddings.add(model.encodePrompts(List.of(prompt)));
    }
  }

  /** Number of prompts. */
  public int size() {
    return embeddings.size();
  }

  /**
   * The embeddings of a batch.
   *
   * @param manager where the result lives
   * @param indices of the prompts, one for each of the batch
   * @return of b rows; the manager closes it
   */
  public TextCondition batch(NDManager manager, List<Integer> indices) {
    TextCondition batch = TextCondition.concat(indices.stream().map(embeddings::get).toList());
    batch.attach(manager);
    return batch;
  }

  @Override
  public void close() {
    embeddings.forEach(TextCondition::close);
  }
}
