package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.engine.Ops;
import java.util.ArrayList;
import java.util.List;

/** The transformer of CLIP's towers: norm before attention, norm before the perceptron. */
public final class ClipEncoder {
  private final List<Layer> layers = new ArrayList<>();

  /**
   * Builds the layers.
   *
   * @param width d
   * @param intermediate width inside the perceptron
   * @param depth number of layers
   * @param heads divides d
   * @param causal whether a token sees only itself and what is before it
   */
  public ClipEncoder(
      ModulePath scope,
      int width,
      int intermediate,
      int depth,
      int heads,
      double eps,
      Activation activation,
      boolean causal) {
    for (int i = 0; i < depth; i++) {
      ModulePath layer = scope.in("layers." + i);
      layers.add(
          new Layer(
              new ClipAttention(layer.in("self_attn"), width, heads, causal),
              new LayerNorm(layer.in("layer_norm1"), width, eps),
              new Linear(layer.in("mlp.fc1"), width, intermediate, true),
              new Linear(layer.in("mlp.fc2"), intermediate, width, true),
              new LayerNorm(layer.in("layer_norm2"), width, eps),
              activation,
              scope.ops()));
    }
  }

  /** (b, n, d) to the same. */
  public NDArray forward(NDArray x) {
    return forward(x, layers.size());
  }

  /** The hidden state (b, n, d) after the first layers alone, at least one. */
  public NDArray forward(NDArray x, int count) {
    return forward(x, 0, count);
  }

  /**
   * The hidden state (b, n, d) after the layers from one to another, counted from 0, without it.
   */
  public NDArray forward(NDArray x, int from, int to) {
    LayerChain flow = LayerChain.from(x);
    layers.subList(from, to).forEach(layer -> flow.then(layer::forward));
    return flow.get();
  }

  private record Layer(
      ClipAttention attention,
      LayerNorm norm1,
      Linear fc1,
      Linear fc2,
      LayerNorm norm2,
      Activation activation,
      Ops ops) {

    NDArray forward(NDArray x) {
      NDArray attended = plus(x, LayerChain.from(x).then(norm1::forward).then(attention::forward));
      try (attended) {
        return plus(
            attended,
            LayerChain.from(attended)
                .then(norm2::forward)
                .then(fc1::forward)
                .then(h -> activation.apply(ops, h))
                .then(fc2::forward));
      }
    }

    private static NDArray plus(NDArray x, LayerChain branch) {
      try (NDArray end = branch.get()) {
        return x.add(end);
      }
    }
  }
}
