package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.ReadableWeights;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The key and value projections of the cross attention, which read the text. */
final class KeysAndValueWeights {
  private KeysAndValueWeights() {}

  /** Their canonical names, in the order in which the layers run. */
  static List<String> of(DiffusionModel model) {
    List<String> names = new ArrayList<>();
    for (AttentionLayer layer : model.attentionSites()) {
      if (layer.cross()) {
        names.add("unet/" + layer.name() + ".to_k.weight");
        names.add("unet/" + layer.name() + ".to_v.weight");
      }
    }
    return names;
  }

  /** As matrices (rows, d), as they are now or in the base. */
  static List<Matrix> matrices(DiffusionModel model, Function<String, float[]> values) {
    ReadableWeights weights = model.weights();
    List<Matrix> matrices = new ArrayList<>();
    for (String name : of(model)) {
      long[] shape = weights.shape(name);
      matrices.add(
          Matrix.of(Math.toIntExact(shape[0]), Math.toIntExact(shape[1]), values.apply(name)));
    }
    return matrices;
  }
}
