package dev.forgetmenot.kit.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every eraser against numbers that closed_form_reference.py computed from the printed formulas,
 * over weights of several sizes: relative to the largest value of the edited weight.
 */
class ClosedFormReferenceTest {
  private static final double EXACT = 1e-9;
  private static final double BY_A_CUT = 1e-6; // where a singular value decides

  private SafetensorsFile file;
  private String name;

  @BeforeEach
  void open() throws IOException, URISyntaxException {
    Path path =
        Path.of(
            ClosedFormReferenceTest.class
                .getResource("/closed-form/closed_form_reference.safetensors")
                .toURI());
    file = SafetensorsFile.open(path, SafetensorsLimits.MODEL);
  }

  @AfterEach
  void close() throws IOException {
    file.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"general", "alike", "many", "one"})
  void closedForm(String reference) throws IOException {
    name = reference;
    UceSolver.Solution solution = UceSolver.solve(erased(), kept(), number("lambda"));
    checkWeights("closed_form", solution.edit(), EXACT);
    checkWeights(
        "closed_form_free", UceSolver.solve(erased(), List.of(), number("lambda")).edit(), EXACT);
    double condition = number("closed_form.condition");
    assertThat(solution.edit().condition()).isCloseTo(condition, within(EXACT * condition));
    assertThat(solution.residuals()).containsExactly(values("closed_form.residual"), near());
    assertThat(solution.drifts()).containsExactly(values("closed_form.drift"), near());
  }

  @ParameterizedTest
  @ValueSource(strings = {"general", "alike", "many", "one"})
  void adversarialRounds(String reference) throws IOException {
    name = reference;
    Matrix gram = ReceSolver.gram(weights());
    UceSolver.Solution solution =
        new ReceSolver(gram, number("adversarial_lambda"), 3)
            .solve(erased(), kept(), number("lambda"));
    for (int i = 0; has("rece.target." + i); i++) {
      check("rece.target", columns("rece.target." + i), solution.erased().get(i).targets(), EXACT);
    }
    checkWeights("rece", solution.edit(), EXACT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"general", "alike", "many", "one"})
  void nullSpaceEdit(String reference) throws IOException {
    name = reference;
    SpeedSolver speed = new SpeedSolver(number("lambda"), number("threshold"));
    Matrix c = Matrix.joinColumns(erased().stream().map(Erasure::targets).toList());
    Matrix g = Matrix.joinColumns(erased().stream().map(Erasure::guides).toList());
    Matrix retained = columns("retained");
    Matrix none = Matrix.zeros(c.rows(), 0);
    Matrix noShifts = Matrix.zeros(0, retained.columns());
    List<Matrix> weights = weights();
    for (int i = 0; i < weights.size(); i++) {
      Matrix w = weights.get(i);
      InputUpdate edit = speed.solve(w, c, g, retained, columns("invariants"), matrix("shifts"));
      check("speed", matrix("speed." + i), w.plus(edit.change(w)), BY_A_CUT);
      assertThat(PreservedEmbeddings.drift(edit, columns("invariants"))).isLessThan(EXACT);
      InputUpdate plain = speed.solve(w, c, g, retained, none, noShifts);
      check("speed_plain", matrix("speed_plain." + i), w.plus(plain.change(w)), BY_A_CUT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"general", "alike", "many", "one"})
  void spectralEraser(String reference) throws IOException {
    name = reference;
    Matrix c = Matrix.joinColumns(erased().stream().map(Erasure::targets).toList());
    CureSolver cure = new CureSolver(number("alpha"));
    checkInput("cure", cure.solve(c, columns("kept")), EXACT);
    checkInput("cure_alone", cure.solve(c, Matrix.zeros(c.rows(), 0)), EXACT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"general", "alike", "many", "one"})
  void doubleProjection(String reference) throws IOException {
    name = reference;
    InputUpdate edit =
        new DoubleProjectionSolver(number("cut"))
            .solve(columns("dp.target"), columns("safe"), columns("preserved"));
    checkWeights("dp", edit, BY_A_CUT);
    assertThat(PreservedEmbeddings.drift(edit, columns("preserved"))).isLessThan(EXACT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"general", "alike", "many", "one"})
  void obliqueProjector(String reference) throws IOException {
    name = reference;
    ObliqueProjector projector = ObliqueProjector.of(matrix("rows"), number("ridge"));
    InputUpdate edit = projector.solve(columns("delta"), columns("hard"));
    checkInput("oblique", edit, EXACT);
    assertThat(PreservedEmbeddings.drift(edit, columns("hard"))).as("K stays").isLessThan(EXACT);
    assertThat(edit.of(columns("delta")).norm() / columns("delta").norm())
        .as("Δ goes")
        .isLessThan(EXACT);
    Matrix none = Matrix.zeros(edit.width(), 0);
    checkInput("oblique_free", projector.solve(columns("delta"), none), EXACT);
  }

  private void checkInput(String key, InputUpdate edit, double tolerance) throws IOException {
    check(key, matrix(key), edit.difference().plusDiagonal(1), tolerance);
  }

  private void checkWeights(String key, InputUpdate edit, double tolerance) throws IOException {
    List<Matrix> weights = weights();
    for (int i = 0; i < weights.size(); i++) {
      Matrix w = weights.get(i);
      check(key, matrix(key + "." + i), w.plus(edit.change(w)), tolerance);
    }
  }

  private void check(String key, Matrix expected, Matrix found, double tolerance) {
    assertThat(found.rows()).isEqualTo(expected.rows());
    assertThat(found.columns()).isEqualTo(expected.columns());
    double largest = 0;
    double apart = 0;
    for (int row = 0; row < expected.rows(); row++) {
      for (int column = 0; column < expected.columns(); column++) {
        largest = Math.max(largest, Math.abs(expected.get(row, column)));
        apart = Math.max(apart, Math.abs(expected.get(row, column) - found.get(row, column)));
      }
    }
    System.err.printf(Locale.ROOT, "measured: %s, %s: %.1e%n", name, key, apart / largest);
    assertThat(apart / largest).as(name + " " + key).isLessThan(tolerance);
  }

  private static org.assertj.core.data.Offset<Double> near() {
    return within(EXACT);
  }

  private List<Erasure> erased() throws IOException {
    List<Erasure> erased = new ArrayList<>();
    for (int i = 0; has("target." + i); i++) {
      erased.add(
          new Erasure(
              "concept " + i, columns("target." + i), columns("guide." + i), number("scale." + i)));
    }
    return erased;
  }

  private List<PreservedEmbeddings> kept() throws IOException {
    return List.of(new PreservedEmbeddings("kept", columns("kept"), number("kept_scale")));
  }

  private List<Matrix> weights() throws IOException {
    List<Matrix> weights = new ArrayList<>();
    for (int i = 0; has("weight." + i); i++) {
      weights.add(matrix("weight." + i));
    }
    return weights;
  }

  private boolean has(String key) {
    return file.tensors().containsKey(name + "." + key);
  }

  private double[] values(String key) throws IOException {
    return file.doubles(name + "." + key);
  }

  private double number(String key) throws IOException {
    return values(key)[0];
  }

  private Matrix matrix(String key) throws IOException {
    long[] shape = file.tensors().get(name + "." + key).shape();
    return Matrix.of(Math.toIntExact(shape[0]), Math.toIntExact(shape[1]), values(key));
  }

  private Matrix columns(String key) throws IOException {
    return matrix(key).transposed();
  }
}
