package dev.forgetmenot.evaluation.measure;

import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The key and value projections of the cross attention, which read the text. */
public final class KeysAndValueWeights {
  private KeysAndValueWeights() {}

  /** Their canonical names, in the order in which the layers run. */
  public static List<String> of(DiffusionModel model) {
    List<String> names = new ArrayList<>();
    for (AttentionLayer layer : model.attentionSites()) {
      if (layer.cross()) {
        names.add("unet/" + layer.name() + ".to_k.weight");
        names.add("unet/" + layer.name() + ".to_v.weight");
      }
    }
    return names;
  }

  /** The values of one of them as a matrix (rows, d). */
  public static Matrix matrix(DiffusionModel model, String name, float[] values) {
    long[] shape = model.weights().shape(name);
    return Matrix.of(Math.toIntExact(shape[0]), Math.toIntExact(shape[1]), values);
  }

  /**
   * As matrices (rows, d). Each is read whenever it is asked for: all of Stable Diffusion XL would
   * take 2.7 GB. For the engine thread.
   *
   * @param values what a weight is, such as those of the base, or as they are now
   */
  public static List<Matrix> matrices(DiffusionModel model, Function<String, float[]> values) {
    List<String> names = of(model);
    return new AbstractList<>() {
      @Override
      public Matrix get(int index) {
        return matrix(model, names.get(index), values.apply(names.get(index)));
      }

      @Override
      public int size() {
        return names.size();
      }
    };
  }
}
