package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope.StepReport;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import dev.forgetmenot.diffusion.weights.RandomParameters;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainingSessionTest {
  private EngineThread engine;
  private NDManager manager;
  private Ops ops;
  private final Map<String, ModelParameter> parameters = new LinkedHashMap<>();

  @BeforeEach
  void makeWeights() {
    engine = EngineThread.start("cpu");
    engine.run(
        () -> {
          manager = engine.newManager();
          ops = TorchScriptOps.create(engine);
          Map<String, Shape> shapes = new LinkedHashMap<>();
          shapes.put("a.weight", new Shape(3, 2));
          shapes.put("b.weight", new Shape(2, 2));
          shapes.put("c.weight", new Shape(2));
          ModelParameters weights = RandomParameters.of(manager, shapes, 1);
          weights.all().forEach(parameter -> parameters.put("unet/" + parameter.name(), parameter));
        });
  }

  @AfterEach
  void free() {
    engine.run(
        () -> {
          ops.close();
          manager.close();
        });
    engine.close();
  }

  private TrainingSession open(Predicate<String> trainable, double rate, int accumulation) {
    TrainingOptions options = TrainingOptions.adamW(trainable, rate).accumulating(accumulation);
    return TrainingSession.open(engine, ops, parameters, options);
  }

  /** Mean square of factor · a; independent of the other weights. */
  private Function<NDManager, NDArray> lossOfA(double factor) {
    return micro -> {
      NDArray scaled = parameters.get("unet/a.weight").array().mul(factor);
      scaled.attach(micro);
      return scaled.square().mean();
    };
  }

  private float[] values(String name) {
    return engine.call(() -> parameters.get(name).array().toFloatArray());
  }

  @Test
  void movesWhatTheLossReachesAndNothingElse() {
    float[] a = values("unet/a.weight");
    float[] b = values("unet/b.weight");
    try (TrainingSession session = open(name -> !name.contains("c."), 1e-2, 1)) {
      StepReport first = session.step(lossOfA(1));
      StepReport second = session.step(lossOfA(1));
      assertThat(first.step()).isEqualTo(1);
      assertThat(second.step()).isEqualTo(2);
      assertThat(second.loss()).isLessThan(first.loss());
      assertThat(session.trainable()).containsExactly("unet/a.weight", "unet/b.weight");
      assertThat(session.unreached()).containsExactly("unet/b.weight");
      assertThat(session.lastGradients()).containsOnlyKeys("unet/a.weight");
    }
    assertThat(values("unet/a.weight")).isNotEqualTo(a);
    assertThat(values("unet/b.weight")).isEqualTo(b);
  }

  @Test
  void accumulationAveragesLossesAndGradients() {
    float[] gradients;
    try (TrainingSession session = open(name -> name.contains("a."), 1e-9, 2)) {
      Deque<Function<NDManager, NDArray>> losses =
          new ArrayDeque<>(List.of(lossOfA(0.1), lossOfA(0.3)));
      StepReport report = session.step(micro -> losses.pop().apply(micro));
      gradients = session.lastGradients().get("unet/a.weight");
      assertThat(losses).isEmpty();
      assertThat(report.gradientNorm()).isLessThan(1); // so that nothing was clipped
    }
    // (0.01 + 0.09) / 2 · 2 a / 6
    float[] a = values("unet/a.weight");
    for (int i = 0; i < a.length; i++) {
      assertThat(gradients[i]).isCloseTo(0.05f * a[i] / 3, within(1e-7f));
    }
  }

  @Test
  void gradientsDoNotPileUpFromStepToStepAndAreClipped() {
    try (TrainingSession session = open(name -> name.contains("a."), 1e-9, 1)) {
      StepReport first = session.step(lossOfA(10));
      StepReport second = session.step(lossOfA(10));
      assertThat(second.gradientNorm()).isCloseTo(first.gradientNorm(), within(1e-4));
      assertThat(first.gradientNorm()).isGreaterThan(1);
      double squares = 0;
      for (float g : session.lastGradients().get("unet/a.weight")) {
        squares += (double) g * g;
      }
      assertThat(Math.sqrt(squares)).isCloseTo(1, within(1e-4));
    }
  }

  @Test
  void onlyOneSessionIsOpenInAProcess() {
    try (TrainingSession session = open(name -> true, 1e-3, 1)) {
      assertThat(session.trainable()).hasSize(3);
      assertThatThrownBy(() -> open(name -> true, 1e-3, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another training session is open");
    }
    open(name -> true, 1e-3, 1).close();
  }

  @Test
  void aLossThatIsNotFiniteChangesNothingAndIsSaid() {
    float[] before;
    try (TrainingSession session = open(name -> name.contains("a."), 1e-3, 1)) {
      session.step(lossOfA(1));
      before = values("unet/a.weight");
      assertThatThrownBy(() -> session.step(lossOfA(Double.NaN)))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("step 2")
          .hasMessageContaining("loss is NaN");
      assertThatThrownBy(() -> session.step(lossOfA(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("earlier step");
    }
    assertThat(values("unet/a.weight")).isEqualTo(before);
    try (TrainingSession next = open(name -> name.contains("a."), 1e-3, 1)) {
      assertThat(next.step(lossOfA(1)).gradientNorm()).isFinite();
    }
  }

  @Test
  void aGradientThatIsNotFiniteChangesNothingAndIsSaid() {
    float[] before = values("unet/b.weight");
    try (TrainingSession session = open(name -> name.contains("b."), 1e-3, 1)) {
      assertThatThrownBy(
              () ->
                  session.step(
                      micro -> {
                        NDArray zero = parameters.get("unet/b.weight").array().mul(0);
                        zero.attach(micro);
                        return zero.sum().sqrt(); // 0, with an infinite slope
                      }))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("step 1")
          .hasMessageContaining("gradient norm");
    }
    assertThat(values("unet/b.weight")).isEqualTo(before);
  }

  @Test
  void wrongUseIsNamed() {
    assertThatThrownBy(() -> open(name -> false, 1e-3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unet/a.weight");
    assertThatThrownBy(() -> open(name -> true, 0, 1)).hasMessageContaining("learning rate");
    assertThatThrownBy(() -> open(name -> true, 1e-3, 0)).hasMessageContaining("accumulation");
    try (TrainingSession session = open(name -> name.contains("b."), 1e-3, 1)) {
      assertThatThrownBy(() -> session.step(lossOfA(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("depend on a chosen weight");
    }
    TrainingSession session = open(name -> true, 1e-3, 1);
    session.close();
    session.close();
    assertThatThrownBy(() -> session.step(lossOfA(1))).hasMessageContaining("closed");
  }

  @Test
  void nothingIsRecordedOutsideOfStepsAndAfterTheSession() {
    try (TrainingSession session = open(name -> true, 1e-3, 1)) {
      session.step(lossOfA(1));
      assertThat(recorded()).isFalse();
    }
    engine.run(
        () ->
            assertThat(parameters.values())
                .noneMatch(parameter -> parameter.array().hasGradient()));
  }

  /** Whether an operation on a trainable weight makes a graph now. */
  private boolean recorded() {
    return engine.call(
        () -> {
          try (NDArray doubled = parameters.get("unet/a.weight").array().mul(2)) {
            doubled.setRequiresGradient(false); // the engine refuses this for a result in a graph
            return false;
          } catch (ai.djl.engine.EngineException e) {
            return true;
          }
        });
  }
}
