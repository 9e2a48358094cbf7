package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import java.util.ArrayList;
import java.util.List;

/**
 * Text embeddings of a few prompts, worked out once. {@link #close} frees them. For the engine
 * thread.
 */
public final class PromptEmbeddings implements AutoCloseable {
  private final List<NDArray> embeddings = new ArrayList<>(); // (1, n, d)

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
   * @return (b, n, d)
   */
  public NDArray batch(NDManager manager, List<Integer> indices) {
    NDArray first = embeddings.get(indices.get(0));
    NDArray batch =
        indices.size() == 1
            ? first.reshape(first.getShape())
            : NDArrays.concat(new NDList(indices.stream().map(embeddings::get).toList()));
    batch.attach(manager);
    return batch;
  }

  @Override
  public void close() {
    embeddings.forEach(NDArray::close);
  }
}
