package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.MixedOps;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Products of BFLOAT16 in a training: 8 bits of their operands, and of what comes out. */
class MixedPrecisionTest {
  private static final Path UNET = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/unet");
  private static final double LAST_BIT = 1.0 / 256;

  @Test
  void productsRoundTheirOperandsAndTheirResult() {
    withOps(
        (manager, ops) -> {
          MixedOps mixed = mixed(ops);
          NDArray x = manager.randomNormal(new Shape(5, 32));
          NDArray w = manager.randomNormal(new Shape(7, 32));
          NDArray b = manager.randomNormal(new Shape(7));
          NDArray exact = rounded(x).matMul(rounded(w).transpose());
          checkRounded(mixed.linear(x, w, null), exact);
          checkRounded(mixed.linear(x, w, b), exact.add(rounded(b)));
        });
  }

  @Test
  void convolutionsToo() {
    withOps(
        (manager, ops) -> {
          MixedOps mixed = mixed(ops);
          NDArray x = manager.randomNormal(new Shape(2, 16, 6, 5));
          NDArray w = manager.randomNormal(new Shape(8, 16, 3, 3));
          NDArray b = manager.randomNormal(new Shape(8));
          Shape one = new Shape(1, 1);
          NDArray exact =
              ai.djl.nn.convolutional.Conv2d.conv2d(
                      rounded(x), rounded(w), rounded(b), one, one, one, 1)
                  .singletonOrThrow();
          checkRounded(mixed.conv2d(x, w, b, 1, 1), exact);
          checkRounded(mixed.conv2d(x, w, null, 1, 1), exact.sub(rounded(b).reshape(1, 8, 1, 1)));
        });
  }

  private static void checkRounded(NDArray found, NDArray exact) {
    float[] values = found.toFloatArray();
    float[] wanted = exact.toFloatArray();
    assertThat(found.getShape()).isEqualTo(exact.getShape());
    double scale = exact.abs().max().getFloat();
    for (int i = 0; i < values.length; i++) {
      assertThat(Float.floatToRawIntBits(values[i]) & 0xffff).as("bits below bfloat16's").isZero();
      assertThat((double) values[i])
          .isCloseTo(wanted[i], within(LAST_BIT * (Math.abs(wanted[i]) + scale / 100)));
    }
  }

  /** To the nearest BFLOAT16, ties to even. */
  private static NDArray rounded(NDArray x) {
    float[] values = x.toFloatArray();
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      values[i] = Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }
    return x.getManager().create(values, x.getShape());
  }

  @Test
  void aTrainingHasGradientsNearThoseOfFloat32AndEndsWithIt() {
    withOps(
        (manager, ops) -> {
          UNet2DConditionModel unet = unet(manager, ops);
          Map<String, ModelParameter> parameters = new LinkedHashMap<>();
          unet.weights().all().forEach(one -> parameters.put("unet/" + one.name(), one));
          NDArray x = manager.randomNormal(new Shape(1, unet.config().inChannels(), 8, 8));
          NDArray c =
              manager.randomNormal(new Shape(1, 7, unet.config().crossAttentionDim().get(0)));
          float[] before = predicted(unet, x, c);
          double[] sums = new double[3]; // a·a, a·b, b·b
          Map<String, float[]> full = gradients(ops, parameters, unet, x, c, false);
          Map<String, float[]> mixed = gradients(ops, parameters, unet, x, c, true);
          full.forEach(
              (name, gradient) -> {
                float[] other = mixed.get(name);
                for (int i = 0; i < gradient.length; i++) {
                  sums[0] += (double) gradient[i] * gradient[i];
                  sums[1] += (double) gradient[i] * other[i];
                  sums[2] += (double) other[i] * other[i];
                }
              });
          double cosine = sums[1] / Math.sqrt(sums[0] * sums[2]);
          System.err.printf("measured: cosine %.6f of gradients%n", cosine);
          assertThat(cosine).isBetween(0.999, 1 - 1e-9);
          assertThat(sums[2] / sums[0]).isCloseTo(1, within(0.05));
          assertThat(predicted(unet, x, c)).as("FLOAT32 again").isEqualTo(before);
          unet.close();
        });
  }

  private EngineThread engine;

  private Map<String, float[]> gradients(
      Ops ops,
      Map<String, ModelParameter> parameters,
      UNet2DConditionModel unet,
      NDArray x,
      NDArray c,
      boolean mixed) {
    TrainingOptions options =
        TrainingOptions.adamW(name -> true, 1e-30)
            .decaying(0)
            .clippedAt(Double.POSITIVE_INFINITY)
            .mixing(mixed);
    try (TrainingSession session = TrainingSession.open(engine, ops, parameters, options)) {
      session.step(
          micro -> {
            NDArray own = x.reshape(x.getShape());
            own.attach(micro);
            return unet.forward(own, new double[] {500}, c, AttentionHooks.NONE).square().mean();
          });
      return session.lastGradients();
    }
  }

  private static float[] predicted(UNet2DConditionModel unet, NDArray x, NDArray c) {
    try (NDArray made = unet.forward(x, new double[] {500}, c, AttentionHooks.NONE)) {
      return made.toFloatArray();
    }
  }

  private static UNet2DConditionModel unet(NDManager manager, Ops ops) {
    try {
      return ComponentFolders.unet(UNET, manager, ops);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static MixedOps mixed(Ops ops) {
    assertThat(ops.mixed()).isEmpty();
    ops.mixed(true);
    return ops.mixed().orElseThrow();
  }

  private interface Work {
    void with(NDManager manager, Ops ops);
  }

  private void withOps(Work work) {
    try (EngineThread thread = EngineThread.start("cpu")) {
      engine = thread;
      thread.run(
          () -> {
            try (NDManager manager = thread.newManager();
                Ops ops = TorchScriptOps.create(thread)) {
              work.with(manager, ops);
            }
          });
    }
  }
}
