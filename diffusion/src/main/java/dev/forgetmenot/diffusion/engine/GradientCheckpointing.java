package dev.forgetmenot.diffusion.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Gradients of passes whose activations are not kept (Chen, Xu, Zhang and Guestrin, "Training Deep
 * Nets with Sublinear Memory Cost", arXiv 1604.06174; {@code torch.utils.checkpoint}). Networks run
 * in segments, without a graph: only what goes from one segment to the next is kept. {@link
 * #backward} runs each segment once more, the last one first, with a graph that lives as long as
 * its own gradients take: one more forward pass for the memory of one segment.
 *
 * <p>What a segment computes must depend on its inputs and the weights alone. One object is of one
 * loss, of as many passes as it has. Its arrays belong to the manager. For the engine thread, under
 * a gradient collector.
 */
public final class GradientCheckpointing {
  private final NDManager manager;

  /** What is to be run backward, the last one first. */
  private final Deque<Runnable> tape = new ArrayDeque<>();

  /** Where gradients of arrays arrive that went into or came out of a segment. */
  private final IdentityHashMap<NDArray, NDArray> leaves = new IdentityHashMap<>();

  private Segment running; // null outside of segments

  /** Checkpoints of one loss, whose arrays the manager takes. */
  public GradientCheckpointing(NDManager manager) {
    this.manager = manager;
  }

  /**
   * Takes an array that comes into a pass from outside, with its graph if it has one.
   *
   * @param x any shape; stays open
   * @return the same values, for {@link #segment}; of the manager
   */
  public NDArray enter(NDArray x) {
    NDArray outside = kept(GraphMode.with(true, () -> x.reshape(x.getShape())));
    NDArray leaf = leaf(x.stopGradient());
    leaves.put(leaf, leaf);
    tape.push(() -> leave(outside, leaf));
    return leaf;
  }

  private void leave(NDArray outside, NDArray leaf) {
    Optional<NDArray> root = weighted(outside, leaf);
    if (root.isPresent()) {
      // The second term is for an array without a graph, through which nothing runs backward.
      try (NDArray both = root.get().add(leaf(manager.zeros(new Shape())))) {
        run(both, true); // another pass may have the same graph outside
      }
    }
  }

  /**
   * Runs a part of a network.
   *
   * @param body makes its output of the inputs and closes none of them; is called again by {@link
   *     #backward}; may end the pass with null
   * @param inputs results of {@link #enter} or of earlier segments; may be closed afterwards
   * @return the output, of the manager, or null if the pass has ended
   */
  public NDArray segment(Function<NDArray[], NDArray> body, NDArray... inputs) {
    Segment segment = new Segment(body, leavesOf(inputs));
    NDArray output = segment.forward(inputs);
    tape.push(segment::backward);
    return output;
  }

  private NDArray[] leavesOf(NDArray... arrays) {
    NDArray[] found = new NDArray[arrays.length];
    for (int i = 0; i < arrays.length; i++) {
      found[i] = leaves.get(arrays[i]);
      if (found[i] == null) {
        throw new IllegalStateException("a segment got an array that no segment has made");
      }
    }
    return found;
  }

  /**
   * Shows an intermediate result of the segment that runs, on which a loss may depend. It is not
   * shown again when the segment runs again.
   *
   * @param look sees the same values; what it makes of them carries the graph
   */
  public void show(NDArray x, Consumer<NDArray> look) {
    running.show(x, look);
  }

  /** Whether a pass that runs now has gradients to give, and so should run in segments. */
  public boolean recording() {
    return GraphMode.recording();
  }

  /** Runs a loss, (), and then all segments backward, once. */
  public void backward(NDArray loss) {
    run(loss, true);
    while (!tape.isEmpty()) {
      tape.pop().run();
    }
  }

  private static void run(NDArray root, boolean keepsGraph) {
    try (NDArray one = root.onesLike()) {
      JniUtils.backward((PtNDArray) root, (PtNDArray) one, keepsGraph, false);
    }
  }

  /** A handle that gets a gradient, and lives until all have run backward. */
  private NDArray leaf(NDArray values) {
    NDArray leaf = kept(values);
    leaf.setRequiresGradient(true);
    return leaf;
  }

  private NDArray kept(NDArray array) {
    array.attach(manager);
    return array;
  }

  /** Another handle of a leaf, whose graph ends there. */
  private static NDArray view(NDArray leaf) {
    return GraphMode.with(true, () -> leaf.reshape(leaf.getShape()));
  }

  /** Σ x · (the gradient of the leaf), (); empty if the loss does not depend on it. */
  private static Optional<NDArray> weighted(NDArray x, NDArray leaf) {
    try (NDArray gradient = JniUtils.getGradient((PtNDArray) leaf)) {
      if (gradient == null) {
        return Optional.empty();
      }
      try (NDArray products = x.mul(gradient)) {
        return Optional.of(products.sum());
      }
    }
  }

  /** A part of a network, and the leaves around it. */
  private final class Segment {
    private final Function<NDArray[], NDArray> body;
    private final NDArray[] inputs;
    private final List<NDArray> shown = new ArrayList<>();
    private NDArray output; // null if the pass ended here
    private final List<NDArray> terms = new ArrayList<>(); // of the sum that runs backward
    private boolean again;

    Segment(Function<NDArray[], NDArray> body, NDArray... inputs) {
      this.body = body;
      this.inputs = inputs;
    }

    NDArray forward(NDArray... given) {
      NDArray made = call(false, given);
      if (made == null) {
        return null;
      }
      output = leaf(made);
      NDArray handle = view(output);
      leaves.put(handle, output);
      return handle;
    }

    private NDArray call(boolean recording, NDArray... given) {
      running = this;
      try {
        return GraphMode.with(recording, () -> body.apply(given));
      } finally {
        running = null;
      }
    }

    void show(NDArray x, Consumer<NDArray> look) {
      if (again) {
        weighted(x, shown.get(0)).ifPresent(terms::add);
        shown.remove(0).close();
        return;
      }
      NDArray leaf = leaf(x.stopGradient());
      shown.add(leaf);
      try (NDArray handle = view(leaf)) {
        GraphMode.with(
            true,
            () -> {
              look.accept(handle);
              return null;
            });
      }
    }

    void backward() {
      again = true;
      try (NDArray made = call(true, inputs)) {
        if (made != null) {
          weighted(made, output).ifPresent(terms::add);
          output.close();
        }
      }
      if (!terms.isEmpty()) {
        NDArray root = terms.stream().reduce(NDArray::add).orElseThrow();
        run(root, false);
        root.close();
        terms.forEach(NDArray::close);
      }
    }
  }
}
