package dev.forgetmenot.host.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.PackedOps;
import dev.forgetmenot.diffusion.engine.ProductForm;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The most floating point operations a second that the engine does here on operands of a good size:
 * what a network of such operators is held against.
 *
 * @param products GFLOP a second of matrix products
 * @param convolutions GFLOP a second of 3 × 3 convolutions
 */
record ProcessorPeaks(double products, double convolutions) {
  private static final int FEWEST = 3;
  private static final Shape ONE = new Shape(1, 1);

  /** Rows, inputs and outputs. */
  private static final List<long[]> PRODUCTS =
      List.of(new long[] {1024, 1024, 1024}, new long[] {2048, 1280, 1280});

  /** Images, channels in and out, height and width. */
  private static final List<long[]> CONVOLUTIONS =
      List.of(new long[] {1, 640, 32}, new long[] {2, 320, 64});

  /**
   * Measures the better one of the engine's forms.
   *
   * @param precision of operands; not {@link ComputePrecision#AUTO}
   * @param each how long each form of each size is run
   */
  static ProcessorPeaks measure(EngineThread engine, ComputePrecision precision, Duration each) {
    return engine.call(
        () -> {
          try (NDManager manager = engine.newManager();
              Ops ops = TorchScriptOps.create(engine, precision)) {
            Optional<PackedOps> packed = ops.packed();
            double products = 0;
            for (long[] size : PRODUCTS) {
              NDArray x = manager.randomNormal(new Shape(size[0], size[1]));
              NDArray w = manager.randomNormal(new Shape(size[2], size[1]));
              NDArray form = packed.isPresent() ? packed.get().packMatrix(w) : w.transpose();
              products =
                  Math.max(
                      products,
                      rate(
                          2.0 * size[0] * size[1] * size[2],
                          each,
                          packed,
                          () ->
                              packed.isPresent()
                                  ? packed.get().linear(ProductForm.PACKED, x, form, null)
                                  : x.matMul(form)));
            }
            double convolutions = 0;
            for (long[] size : CONVOLUTIONS) {
              NDArray x = manager.randomNormal(new Shape(size[0], size[1], size[2], size[2]));
              NDArray w = manager.randomNormal(new Shape(size[1], size[1], 3, 3));
              NDArray bias = manager.zeros(new Shape(size[1]));
              NDArray form = packed.isPresent() ? packed.get().packKernel(w, x, 1, 1) : w;
              convolutions =
                  Math.max(
                      convolutions,
                      rate(
                          2.0 * 9 * size[0] * size[1] * size[1] * size[2] * size[2],
                          each,
                          packed,
                          () ->
                              packed.isPresent()
                                  ? packed.get().conv2d(ProductForm.PACKED, x, form, bias, 1, 1)
                                  : Conv2d.conv2d(x, form, bias, ONE, ONE, ONE, 1)
                                      .singletonOrThrow()));
            }
            return new ProcessorPeaks(products, convolutions);
          }
        });
  }

  /** GFLOP a second of the quickest run. */
  private static double rate(
      double operations, Duration each, Optional<PackedOps> packed, Supplier<NDArray> work) {
    long end = System.nanoTime() + each.toNanos();
    long best = Long.MAX_VALUE;
    for (int run = 0; run < FEWEST || System.nanoTime() < end; run++) {
      long begin = System.nanoTime();
      try (NDArray result = work.get()) {
        await(result, packed);
      }
      best = Math.min(best, System.nanoTime() - begin);
    }
    return operations / best;
  }

  /** A device that works on beside the program is done once a value is asked for. */
  private static void await(NDArray result, Optional<PackedOps> packed) {
    if (result.getDevice().isGpu()) {
      try (NDArray wide = packed.isPresent() ? packed.get().float32(result) : result.duplicate();
          NDArray one = wide.flatten().get("0:1")) {
        one.toFloatArray();
      }
    }
  }

  /** The larger of both in each. */
  ProcessorPeaks or(ProcessorPeaks other) {
    return new ProcessorPeaks(
        Math.max(products, other.products), Math.max(convolutions, other.convolutions));
  }

  /** Seconds that the operations take at least. */
  double seconds(UNetOperations operations) {
    return (operations.convolutions() / convolutions
            + (operations.products() + operations.attention()) / products)
        / 1e9;
  }
}
