package dev.forgetmenot.diffusion.weights;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.EngineMemory;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.Rows;
import java.util.SplittableRandom;

/**
 * A low-rank path beside one weight (Hu et al., "LoRA", arXiv 2106.09685): what a layer adds is
 * scale · up(down(x)). Its cells belong to the manager that made them. For the engine thread.
 *
 * @param down (r, in) or (r, in, kernel, kernel)
 * @param up (out, r) or (out, r, 1, 1)
 * @param alpha the path's scale is alpha / r
 */
public record LoraAdapter(ModelParameter down, ModelParameter up, double alpha) {
  /**
   * An adapter that adds nothing yet: down is uniform in ±1/√fan-in, as Kaiming's with a = √5, and
   * up is 0.
   *
   * @param module name of the layer
   * @param shape the weight's, (out, in) or (out, in, kernel, kernel)
   * @throws IllegalArgumentException if the rank is larger than the weight's sides
   */
  public static LoraAdapter create(
      NDManager manager,
      String module,
      Shape shape,
      int rank,
      double alpha,
      SplittableRandom random) {
    long out = shape.get(0);
    long in = shape.slice(1).size();
    if (rank > Math.min(in, out)) {
      throw new IllegalArgumentException(
          Message.of(
              "%s is %s: an adapter's rank is at most %s, not %s",
              module, shape, Math.min(in, out), rank));
    }
    double bound = 1 / Math.sqrt((double) in);
    float[] values = new float[Math.toIntExact(rank * in)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
    return create(manager, module, shape, rank, alpha, values);
  }

  /**
   * An adapter that adds nothing yet and reads given rows.
   *
   * @param module name of the layer
   * @param shape the weight's, as wide as the rows
   * @param down (r, in)
   * @throws IllegalArgumentException if the rows do not fit the weight
   */
  public static LoraAdapter reading(
      NDManager manager, String module, Shape shape, double alpha, Rows down) {
    if (shape.slice(1).size() != down.width()) {
      throw new IllegalArgumentException(
          module + " is " + shape + ": it cannot read rows of " + down.width());
    }
    return create(manager, module, shape, down.count(), alpha, down.values());
  }

  private static LoraAdapter create(
      NDManager manager, String module, Shape shape, int rank, double alpha, float[] values) {
    long out = shape.get(0);
    Shape narrow = new Shape(rank).addAll(shape.slice(1));
    Shape wide = shape.dimension() == 4 ? new Shape(out, rank, 1, 1) : new Shape(out, rank);
    return new LoraAdapter(
        new ModelParameter(module + ".lora_A.weight", EngineMemory.of(manager, values, narrow)),
        new ModelParameter(module + ".lora_B.weight", manager.zeros(wide)),
        alpha);
  }

  /** r. */
  public int rank() {
    return (int) down.shape().get(0);
  }

  /** What the path's result is multiplied by. */
  public double scale() {
    return alpha / rank();
  }

  /**
   * A copy of the factors.
   *
   * @param shape of the weight
   */
  public LowRank factors(Shape shape) {
    return new LowRank(shape.getShape(), rank(), alpha, down.floats(), up.floats());
  }
}
