package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.training.ScalarOps;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.TokenPositions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much attention concepts get (Zhang et al., arXiv 2303.17591):
 *
 * <pre>L = ‖ concatenation over layers, heads, pixels of A[:, concept columns] ‖_F</pre>
 *
 * over all cross-attention layers of one forward pass: one norm, not a sum of norms. In a batch
 * each image has its own norm, and the loss is their mean. With a mask the probabilities of a pixel
 * are multiplied by its weight. Use a new one for each pass. For the engine thread; under a
 * gradient collector the loss carries the graph.
 */
public final class AttentionNormLoss implements AttentionObserver {
  /**
   * One image of the batch.
   *
   * @param columns of its concept in its prompt
   * @param mask which of its pixels count; empty for all
   */
  public record Watched(TokenPositions columns, Optional<PixelMask> mask) {}

  private final List<Watched> batch;
  private final NDList squares = new NDList(); // () each, the sums of the images so far
  private double mass;
  private double weight;

  /** A loss of one pass with one image. */
  public AttentionNormLoss(TokenPositions concept) {
    this(List.of(new Watched(concept, Optional.empty())));
  }

  /**
   * A loss of one pass.
   *
   * @param batch the images in their order, at least one
   */
  public AttentionNormLoss(List<Watched> batch) {
    this.batch = List.copyOf(batch);
  }

  @Override
  public boolean watches(AttentionLayer site) {
    return site.cross();
  }

  @Override
  public void observe(AttentionLayer site, NDArray probabilities) {
    Shape shape = probabilities.getShape(); // (b·h, p, n), batch-major
    if (shape.get(0) != (long) batch.size() * site.heads()) {
      throw new IllegalStateException(
          Message.of(
              "a loss of %s images has seen attention %s at %s", batch.size(), shape, site.name()));
    }
    for (int i = 0; i < batch.size(); i++) {
      long first = (long) i * site.heads();
      observe(i, probabilities, first, first + site.heads());
    }
  }

  private void observe(int image, NDArray probabilities, long firstHead, long endHead) {
    Watched watched = batch.get(image);
    long pixels = probabilities.getShape().get(1);
    try (AttentionMask mask =
        AttentionMask.of(watched.mask(), pixels, probabilities.getManager())) {
      for (TokenPositions.Run run : watched.columns().runs()) {
        NDIndex index =
            new NDIndex()
                .addSliceDim(firstHead, endHead)
                .addAllDim()
                .addSliceDim(run.first(), run.end());
        try (NDArray columns = mask.apply(probabilities.get(index)); // (h, p, run)
            NDArray square = columns.square();
            NDArray sum = columns.sum()) {
          add(image, square.sum());
          mass += sum.getFloat();
        }
      }
      weight += mask.total() * (endHead - firstHead);
    }
  }

  private void add(int image, NDArray term) {
    if (squares.size() == image) {
      squares.add(term);
      return;
    }
    try (NDArray before = squares.get(image);
        term) {
      squares.set(image, before.add(term));
    }
  }

  /**
   * The share of the attention that went to the concepts' columns: the mean over layers, heads,
   * pixels and images of their summed probability, in [0, 1]. (Each layer counts by its pixels.)
   *
   * @throws IllegalStateException if no cross-attention layer has run
   */
  public double mass() {
    if (weight == 0) {
      throw new IllegalStateException("no cross attention was observed");
    }
    return mass / weight;
  }

  /** Pixels of all layers and heads, by the weights of their masks: the mean of the images. */
  double pixels() {
    return weight / batch.size();
  }

  /**
   * The loss of the pass, () at least 0, of the manager of the probabilities; the caller closes it.
   * May be taken once.
   *
   * @throws IllegalStateException if no cross-attention layer has run
   */
  public NDArray take() {
    if (squares.isEmpty()) {
      throw new IllegalStateException(
          "no cross attention was observed; pass the loss to one forward pass and take it once");
    }
    List<NDArray> norms = new ArrayList<>();
    squares.forEach(square -> norms.add(square.sqrt()));
    squares.forEach(NDArray::close);
    squares.clear();
    if (norms.size() == 1) {
      return norms.get(0);
    }
    try (NDArray all = NDArrays.stack(new NDList(norms));
        NDArray sum = all.sum()) {
      return ScalarOps.by(sum, 1.0 / norms.size());
    } finally {
      norms.forEach(NDArray::close);
    }
  }
}
