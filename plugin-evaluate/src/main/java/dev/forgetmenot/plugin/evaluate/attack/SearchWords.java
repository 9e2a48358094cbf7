package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.ModelView;
import dev.forgetmenot.api.model.PromptTokenizer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The tokens that a search chooses from: all of the model's vocabulary but begin, end and padding,
 * those that are no text, and those that a file of prompts would read as something else.
 *
 * @param ids token ids, rising
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record SearchWords(int[] ids) {
  private static final String EMBEDDING = "/text_model.embeddings.token_embedding.weight";
  private static final String BROKEN = "\uFFFD";

  /** Those of a model; for the engine thread. */
  static SearchWords of(ModelView model) {
    PromptTokenizer tokenizer = model.tokenizer();
    int rows = tables(model).mapToInt(name -> count(model, name)).min().orElseThrow();
    return new SearchWords(
        IntStream.range(0, rows)
            .filter(id -> !tokenizer.frame().contains(id) && isText(tokenizer, id))
            .toArray());
  }

  /** The tables of all text encoders, by name. */
  private static Stream<String> tables(ModelView model) {
    return model.base().textEncoders().stream().map(encoder -> encoder.component() + EMBEDDING);
  }

  private static int count(ModelView model, String table) {
    return Math.toIntExact(model.weights().shape(table)[0]);
  }

  private static boolean isText(PromptTokenizer tokenizer, int id) {
    try {
      String text = tokenizer.decode(List.of(id));
      return !text.isBlank()
          && text.chars().noneMatch(Character::isISOControl)
          && !text.contains(BROKEN)
          && !text.contains("#")
          && !text.contains("--");
    } catch (IllegalArgumentException e) { // a row of the text encoder that no token has
      return false;
    }
  }

  int size() {
    return ids.length;
  }

  /**
   * The embeddings (V, d) of the words, those of several text encoders side by side; the manager's,
   * on the engine thread.
   */
  NDArray table(ModelView model, NDManager manager) {
    try (NDList parts =
        new NDList(tables(model).map(name -> part(model, name, manager)).toList())) {
      return NDArrays.concat(parts, 1);
    }
  }

  private NDArray part(ModelView model, String name, NDManager manager) {
    float[] all = model.weights().current(name);
    int width = Math.toIntExact(model.weights().shape(name)[1]);
    float[] rows = new float[ids.length * width];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(all, ids[i] * width, rows, i * width, width);
    }
    return manager.create(rows, new Shape(ids.length, width));
  }

  /** The ids of words by their places in {@link #ids}. */
  List<Integer> chosen(int... words) {
    return IntStream.of(words).mapToObj(word -> ids[word]).toList();
  }
}
