package dev.forgetmenot.editing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.attention.AttentionSite;

/**
 * How much attention a concept gets (Zhang et al., arXiv 2303.17591):
 *
 * <pre>L = ‖ concatenation over layers, heads, pixels of A[:, concept columns] ‖_F</pre>
 *
 * over all cross-attention layers of one forward pass: one norm, not a sum of norms. Use a new one
 * for each pass. For the engine thread; under a gradient collector the loss carries the graph.
 */
public final class AttentionNormLoss implements AttentionObserver {
  private final ConceptColumns concept;
  private NDArray squares; // (), the sum over the layers so far

  /** A loss of one pass. */
  public AttentionNormLoss(ConceptColumns concept) {
    this.concept = concept;
  }

  @Override
  public boolean watches(AttentionSite site) {
    return site.cross();
  }

  @Override
  public void observe(AttentionSite site, NDArray probabilities) {
    for (ConceptColumns.Run run : concept.runs()) {
      NDIndex index = new NDIndex().addAllDim(2).addSliceDim(run.first(), run.end());
      try (NDArray columns = probabilities.get(index); // (b·h, p, run)
          NDArray square = columns.square()) {
        add(square.sum());
      }
    }
  }

  private void add(NDArray term) {
    if (squares == null) {
      squares = term;
      return;
    }
    NDArray sum = squares.add(term);
    squares.close();
    term.close();
    squares = sum;
  }

  /**
   * The loss of the pass, () at least 0, of the manager of the probabilities; the caller closes it.
   * May be taken once.
   *
   * @throws IllegalStateException if no cross-attention layer has run
   */
  public NDArray take() {
    if (squares == null) {
      throw new IllegalStateException(
          "no cross attention was observed; pass the loss to one forward pass and take it once");
    }
    try (NDArray sum = squares) {
      return sum.sqrt();
    } finally {
      squares = null;
    }
  }
}
