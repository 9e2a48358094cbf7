package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.ModelView;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.api.training.InputGradients.Embedded;
import dev.forgetmenot.api.training.InputGradients.Errors;
import dev.forgetmenot.api.training.InputGradients.Input;
import dev.forgetmenot.api.training.InputGradients.Prediction;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What should be predicted of a noised image with a text, and the gradient of the error to some of
 * the text's tokens. For the engine thread.
 *
 * @param ids of the text, without begin, end and padding
 * @param places of the tokens in {@code ids}
 * @param noisy xₜ (c, h, w)
 * @param target what should be predicted (c, h, w)
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record TextGradients(List<Integer> ids, int[] places, float[] noisy, int timestep, float[] target) {
  /**
   * The gradients of several, in one batch.
   *
   * @param gradients an open scope of the model
   * @return for each its places' rows (places, d), one after the other
   */
  static float[][] of(ModelView model, InputGradients gradients, List<TextGradients> asked) {
    int[] shape = model.latentShape();
    Shape batch = new Shape(asked.size(), shape[0], shape[1], shape[2]);
    try (NDManager manager = model.newManager()) {
      NDArray noisy = manager.create(joined(asked.stream().map(TextGradients::noisy)), batch);
      NDArray target = manager.create(joined(asked.stream().map(TextGradients::target)), batch);
      double[] timesteps = asked.stream().mapToDouble(TextGradients::timestep).toArray();
      try (Embedded text =
              gradients.embed(
                  asked.stream().map(one -> model.tokenizer().framed(one.ids())).toList());
          Errors errors =
              gradients.ofEmbeddings(
                  new Prediction(noisy, timesteps, target), text, Set.of(Input.TOKEN_EMBEDDINGS))) {
        NDArray all = errors.gradient(Input.TOKEN_EMBEDDINGS);
        float[] values = all.toFloatArray();
        int tokens = Math.toIntExact(all.getShape().get(1));
        int width = Math.toIntExact(all.getShape().get(2));
        float[][] rows = new float[asked.size()][];
        for (int i = 0; i < rows.length; i++) {
          int[] places = asked.get(i).places();
          rows[i] = new float[places.length * width];
          for (int j = 0; j < places.length; j++) {
            int from = (i * tokens + places[j] + 1) * width; // after begin
            System.arraycopy(values, from, rows[i], j * width, width);
          }
        }
        return rows;
      }
    }
  }

  private static float[] joined(Stream<float[]> parts) {
    List<float[]> all = parts.toList();
    float[] joined = new float[all.size() * all.get(0).length];
    for (int i = 0; i < all.size(); i++) {
      System.arraycopy(all.get(i), 0, joined, i * all.get(i).length, all.get(i).length);
    }
    return joined;
  }
}
