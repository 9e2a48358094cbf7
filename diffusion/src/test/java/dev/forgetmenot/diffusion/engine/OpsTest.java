package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.forgetmenot.diffusion.Errors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The operators against their composed forms: values, gradients of all inputs, and nothing left
 * behind.
 */
class OpsTest {
  private static EngineThread engine;
  private static TorchScriptOps torch;
  private static Ops packed; // as sampling has them
  private static Ops rounded; // the same in BFLOAT16

  /** An operator on inputs of given shapes. */
  private record Case(String name, Operator operator, List<Shape> shapes) {
    Case(String name, Operator operator, Shape... shapes) {
      this(name, operator, List.of(shapes));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  private interface Operator {
    NDArray apply(Ops ops, NDArray[] in);
  }

  @BeforeAll
  static void start() {
    engine = EngineThread.start("cpu");
    torch = engine.call(() -> TorchScriptOps.create(engine));
    packed = engine.call(() -> TorchScriptOps.create(engine, ComputePrecision.F32_PACKED));
    rounded = engine.call(() -> TorchScriptOps.create(engine, ComputePrecision.BF16));
  }

  @AfterAll
  static void stop() {
    engine.run(() -> torch.close());
    engine.run(() -> packed.close());
    engine.run(() -> rounded.close());
    engine.close();
  }

  static Stream<Case> cases() {
    Shape map = new Shape(2, 12, 5, 7);
    Shape channel = new Shape(12);
    Shape query = new Shape(2, 6, 8);
    Shape key = new Shape(2, 9, 8);
    return Stream.of(
        new Case(
            "group norm", (o, x) -> o.groupNorm(x[0], 4, x[1], x[2], 1e-5), map, channel, channel),
        new Case(
            "group norm of sequences",
            (o, x) -> o.groupNorm(x[0], 3, x[1], x[2], 1e-6),
            new Shape(2, 12, 35),
            channel,
            channel),
        new Case(
            "group norm with SiLU",
            (o, x) -> o.groupNormSilu(x[0], 6, x[1], x[2], 1e-2),
            map,
            channel,
            channel),
        new Case("SiLU", (o, x) -> o.silu(x[0]), map),
        new Case("GELU", (o, x) -> o.gelu(x[0]), map),
        new Case("quick GELU", (o, x) -> o.quickGelu(x[0]), map),
        new Case("GEGLU", (o, x) -> o.geglu(x[0]), query),
        new Case("attention", (o, x) -> o.attention(x[0], x[1], x[2], 2, false), query, key, key),
        new Case(
            "attention to many",
            (o, x) -> o.attention(x[0], x[1], x[2], 2, false),
            query,
            new Shape(2, 2048, 8),
            new Shape(2, 2048, 8)),
        new Case(
            "causal attention",
            (o, x) -> o.attention(x[0], x[1], x[2], 4, true),
            query,
            query,
            query),
        new Case("twice the size", (o, x) -> o.resizeNearest(x[0], 10, 14), map),
        new Case("one less than twice", (o, x) -> o.resizeNearest(x[0], 9, 13), map));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalTheirComposedForms(Case test) {
    List<float[]> fused = engine.call(() -> run(test, torch));
    List<float[]> composed = engine.call(() -> run(test, new ReferenceOps()));
    assertThat(fused).hasSameSizeAs(composed).hasSize(1 + test.shapes().size());
    assertThat(Errors.ofLargest(fused.get(0), composed.get(0))).isLessThan(2e-6);
    for (int i = 1; i < fused.size(); i++) {
      assertThat(Errors.ofLargest(fused.get(i), composed.get(i)))
          .as("gradient of input " + (i - 1))
          .isLessThan(5e-6);
    }
  }

  static Stream<Case> casesOfSampling() {
    Shape channel = new Shape(12);
    Shape wide = new Shape(64);
    Shape small = new Shape(2, 12, 5, 7);
    Shape large = new Shape(2, 12, 40, 41);
    Shape wideMap = new Shape(1, 64, 6, 5);
    return Stream.concat(
        cases(),
        Stream.of(
            new Case(
                "norm of a small map that is far from zero",
                (o, x) -> o.groupNorm(x[0].add(50), 4, x[1], x[2], 1e-5),
                small,
                channel,
                channel),
            new Case(
                "norm of a large map",
                (o, x) -> o.groupNormSilu(x[0], 4, x[1], x[2], 1e-5),
                large,
                channel,
                channel),
            new Case(
                "norm of wide groups",
                (o, x) -> o.groupNormSilu(x[0], 4, x[1], x[2], 1e-5),
                wideMap,
                wide,
                wide)));
  }

  /** Forms that write into what they made themselves, or are for layouts of sampling. */
  @ParameterizedTest
  @MethodSource("casesOfSampling")
  void formsWithoutGradientsEqualTheirComposedForms(Case test) {
    float[] fused = engine.call(() -> values(test, packed));
    float[] composed = engine.call(() -> values(test, new ReferenceOps()));
    double largest = test.name().contains("far from zero") ? 2e-5 : 2e-6; // 50 has fewer bits left
    assertThat(Errors.ofLargest(fused, composed)).isLessThan(largest);
  }

  /** One block of scores; several blocks of rows; several of heads, and rests of both. */
  static Stream<Case> attentions() {
    return Stream.of(
        new Case(
            "few rows",
            (o, x) -> o.attention(x[0], x[1], x[2], 2, false),
            new Shape(2, 6, 8),
            new Shape(2, 9, 8),
            new Shape(2, 9, 8)),
        new Case(
            "rows of three blocks",
            (o, x) -> o.attention(x[0], x[1], x[2], 3, false),
            new Shape(1, 600, 12),
            new Shape(1, 77, 12),
            new Shape(1, 77, 12)),
        new Case(
            "heads in blocks of three",
            (o, x) -> o.attention(x[0], x[1], x[2], 4, false),
            new Shape(2, 300, 32),
            new Shape(2, 2700, 32),
            new Shape(2, 2700, 32)));
  }

  @ParameterizedTest
  @MethodSource("attentions")
  void attentionOfRoundedNumbersEqualsItsComposedForm(Case test) {
    float[] fused = engine.call(() -> values(test, rounded));
    float[] composed = engine.call(() -> values(test, new ReferenceOps()));
    // BFLOAT16 has 8 bits; the score of two vectors, its share and the result are rounded.
    assertThat(Errors.ofLargest(fused, composed)).isBetween(1e-4, 2e-2);
  }

  private static float[] values(Case test, Ops ops) {
    try (NDManager manager = engine.newManager()) {
      manager.getEngine().setRandomSeed(7);
      NDArray[] inputs =
          test.shapes().stream()
              .map(shape -> manager.randomNormal(0, 1, shape, DataType.FLOAT32))
              .toArray(NDArray[]::new);
      float[][] before = Stream.of(inputs).map(NDArray::toFloatArray).toArray(float[][]::new);
      float[] found = test.operator().apply(ops, inputs).toFloatArray();
      for (int i = 0; i < inputs.length; i++) {
        assertThat(inputs[i].toFloatArray()).as("input " + i).isEqualTo(before[i]);
      }
      return found;
    }
  }

  /** The values y, then the gradient of Σ wᵢ·yᵢ, with different weights w, for each input. */
  private static List<float[]> run(Case test, Ops ops) {
    try (NDManager manager = engine.newManager()) {
      manager.getEngine().setRandomSeed(7);
      NDArray[] inputs = new NDArray[test.shapes().size()];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = manager.randomNormal(0, 1, test.shapes().get(i), DataType.FLOAT32);
        inputs[i].setRequiresGradient(true);
      }
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        int before = manager.getManagedArrays().size();
        NDArray y = test.operator().apply(ops, inputs);
        assertThat(manager.getManagedArrays()).hasSize(before + 1);
        NDArray weights = manager.arange((float) y.size()).add(1).sin().reshape(y.getShape());
        List<float[]> results = new ArrayList<>();
        results.add(y.toFloatArray());
        collector.backward(y.mul(weights).sum());
        for (NDArray input : inputs) {
          results.add(input.getGradient().toFloatArray());
        }
        return results;
      }
    }
  }

  @Test
  void namesOfArraysDoNotMatter() {
    float[] found =
        engine.call(
            () -> {
              try (NDManager manager = engine.newManager()) {
                NDArray x = manager.create(new float[] {1, -1});
                x.setName("down.0.weight");
                return torch.silu(x).toFloatArray();
              }
            });
    assertThat(found).containsExactly(0.7310586f, -0.26894143f);
  }

  @Test
  void adamWEqualsItsComposedForm() {
    try (ReferenceOps composed = new ReferenceOps()) {
      adamW(composed::adamW, 1e-6);
    }
  }

  @Test
  void adamWInOnePassIsOneOperationAfterTheOther() {
    adamW(torch::composedAdamW, 1.2e-7); // one unit in the last place
  }

  @FunctionalInterface
  private interface AdamWForm {
    void update(NDArray p, NDArray g, NDArray m, NDArray v, AdamWStep step);
  }

  private static void adamW(AdamWForm composed, double allowed) {
    engine.run(
        () -> {
          try (NDManager manager = engine.newManager()) {
            NDArray[] fused = adamWArrays(manager);
            NDArray[] plain = adamWArrays(manager);
            int before = manager.getManagedArrays().size();
            for (int t = 1; t <= 3; t++) {
              AdamWStep step = new AdamWStep(1e-3, 1e-2, 0.9, 0.999, 1e-8, t);
              torch.adamW(fused[0], fused[1], fused[2], fused[3], step);
              composed.update(plain[0], plain[1], plain[2], plain[3], step);
            }
            for (int i = 0; i < fused.length; i++) {
              assertThat(Errors.ofLargest(fused[i].toFloatArray(), plain[i].toFloatArray()))
                  .as("array %s", i)
                  .isLessThan(allowed);
            }
            assertThat(fused[3].sum().getFloat()).as("second moments").isPositive();
            assertThat(manager.getManagedArrays()).hasSize(before + 1);
          }
        });
  }

  /** Parameter, gradient and moments of nothing yet. */
  private static NDArray[] adamWArrays(NDManager manager) {
    Shape shape = new Shape(5, 7);
    NDArray p = manager.arange(35f).reshape(shape).sub(17).mul(0.01f);
    return new NDArray[] {p, p.sin().add(0.3f), manager.zeros(shape), manager.zeros(shape)};
  }
}
