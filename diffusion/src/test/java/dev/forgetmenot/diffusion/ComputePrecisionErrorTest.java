package dev.forgetmenot.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How far components that compute in fewer bits are from FLOAT32. */
class ComputePrecisionErrorTest {
  /** A half of the last bit of bfloat16 is 2⁻⁹; some hundred roundings come together. */
  private static final double BF16_TOLERANCE = 0.03;

  private static final double F16_TOLERANCE = 0.004;
  private static final double F32_TOLERANCE = 1e-5; // as of golden tests

  static Stream<Path> models() {
    return Stream.concat(
        GoldenFolders.all().stream().map(folder -> folder.resolve("model")),
        Stream.of(EmbeddedModel.folder()));
  }

  /** What a component gives, on the engine thread. */
  private interface Component {
    float[] run(NDManager manager, Ops ops) throws IOException;
  }

  private static float[] compute(ComputePrecision precision, Component component)
      throws IOException {
    try (EngineThread engine = EngineThread.start("cpu")) {
      return engine.<float[], IOException>call(
          () -> {
            try (Ops ops = TorchScriptOps.create(engine, precision);
                NDManager manager = engine.newManager()) {
              return component.run(manager, ops);
            }
          });
    }
  }

  private static void compare(Path model, String name, Component component) throws IOException {
    float[] expected = compute(ComputePrecision.F32, component);
    check(model, name, component, expected, ComputePrecision.BF16, BF16_TOLERANCE);
    check(model, name, component, expected, ComputePrecision.F16, F16_TOLERANCE);
    check(model, name, component, expected, ComputePrecision.F32_PACKED, F32_TOLERANCE);
    check(model, name, component, expected, ComputePrecision.F32_AUTOTUNE, F32_TOLERANCE);
  }

  private static void check(
      Path model,
      String name,
      Component component,
      float[] expected,
      ComputePrecision precision,
      double tolerance)
      throws IOException {
    double error = Errors.ofLargest(compute(precision, component), expected);
    Errors.print(
        model.endsWith("model") ? model.getParent() : model, name + " " + precision, error);
    assertThat(error).as("%s in %s", name, precision).isLessThan(tolerance);
    if (tolerance > F32_TOLERANCE) { // small sums have the same bits in any order
      assertThat(error).as("%s in %s", name, precision).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void textEncoder(Path model) throws IOException {
    List<Integer> ids = IntStream.range(5, 25).boxed().toList();
    compare(
        model,
        "text encoder",
        (manager, ops) -> {
          try (ClipTextEncoder encoder =
              ComponentFolders.textEncoder(model.resolve("text_encoder"), manager, ops)) {
            return ops.float32(encoder.encode(encoder.embed(manager, List.of(ids)), 1))
                .toFloatArray();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("models")
  void unet(Path model) throws IOException {
    compare(model, "UNet", (manager, ops) -> predict(model, manager, ops, AttentionHooks.NONE));
  }

  @ParameterizedTest
  @MethodSource("models")
  void unetThatIsWatched(Path model) throws IOException {
    AttentionHooks hooks = AttentionHooks.observing(new Looking());
    compare(model, "watched UNet", (manager, ops) -> predict(model, manager, ops, hooks));
  }

  private static float[] predict(Path model, NDManager manager, Ops ops, AttentionHooks hooks)
      throws IOException {
    try (UNet2DConditionModel unet = ComponentFolders.unet(model.resolve("unet"), manager, ops)) {
      NDArray sample = values(manager, new Shape(2, unet.config().inChannels(), 16, 8));
      NDArray context = values(manager, new Shape(2, 9, unet.config().crossAttentionDim().get(0)));
      TextCondition condition =
          unet.config()
              .textTime()
              .map(one -> told(context, one.pooled(), manager))
              .orElseGet(() -> TextCondition.of(context));
      return unet.forward(sample, new double[] {700, 20}, condition, hooks).toFloatArray();
    }
  }

  /** With a pooled text and sizes of about those of XL. */
  private static TextCondition told(NDArray context, int width, NDManager manager) {
    float[] sizes = {1024, 1024, 0, 128, 1024, 512, 512, 512, 0, 0, 1024, 1024};
    NDArray pooled = values(manager, new Shape(2, width));
    return new TextCondition(
        context, Optional.of(pooled), Optional.of(manager.create(sizes, new Shape(2, 6))));
  }

  @ParameterizedTest
  @MethodSource("models")
  void autoencoder(Path model) throws IOException {
    compare(
        model,
        "VAE decode",
        (manager, ops) -> {
          try (AutoencoderKL vae = ComponentFolders.vae(model.resolve("vae"), manager, ops)) {
            return vae.decode(values(manager, new Shape(1, 4, 8, 12))).toFloatArray();
          }
        });
    compare(
        model,
        "VAE encode",
        (manager, ops) -> {
          try (AutoencoderKL vae = ComponentFolders.vae(model.resolve("vae"), manager, ops)) {
            return vae.encode(values(manager, new Shape(1, 3, 32, 48))).mean().toFloatArray();
          }
        });
  }

  /** The same numbers each time, about normal. */
  private static NDArray values(NDManager manager, Shape shape) {
    float[] values = new float[(int) shape.size()];
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, shape);
  }

  /** Watches every layer, and asks for its values. */
  private static final class Looking implements AttentionObserver {
    @Override
    public boolean watches(AttentionLayer site) {
      return true;
    }

    @Override
    public void observe(AttentionLayer site, NDArray values) {
      assertThat(values.sum().getFloat()).isPositive();
    }
  }
}
