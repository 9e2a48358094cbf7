package dev.forgetmenot.patching.diff;

import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patching.linear.Cholesky;
import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.TruncatedSvd;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether one change of the input explains what happened to several weights: the D that minimises
 * the sum of ‖W·D − dW‖² over all of them, in as few directions as the noise allows.
 *
 * <pre>
 * G = Σ WᵀW = L·Lᵀ    H = Σ WᵀdW    D = G⁻¹H    ‖W·D‖² summed = ‖LᵀD‖²
 * </pre>
 *
 * The best D of k directions is therefore the one whose LᵀD = L⁻¹H keeps its k largest singular
 * values.
 */
final class InputEditSearch {
  /** Rows of all weights by columns from which on it means something that one D fits them. */
  private static final double ENOUGH_ROWS = 1.25;

  /** A D explains a difference if what it leaves is at most so many times the noise... */
  private static final double NOISES = 1.5;

  /** ... or at most this share of the difference: solved in single precision by other tools. */
  private static final double SHARE = 1e-3;

  /** σ below this share of the largest is what single precision leaves of a solve. */
  private static final double SMALLEST = 1e-6;

  private static final double TINY =
      1e-13; // makes G definite where a direction is read by no layer

  /**
   * What was found.
   *
   * @param edit the change of the input, in floats as a patch holds them; empty where even the best
   *     one, of any rank, leaves too much
   * @param left what the edit leaves of each dW, as a norm
   * @param residual what it leaves of all
   * @param norm of all dW
   * @param noise of all
   */
  record Found(
      Optional<ProjectorEdit> edit,
      Map<String, Double> left,
      double residual,
      double norm,
      double noise) {
    /** Whether the edit is the difference, but for the files' rounding. */
    boolean explains() {
      return edit.isPresent() && InputEditSearch.explains(residual, norm, noise);
    }
  }

  private static boolean explains(double residual, double norm, double noise) {
    return residual <= Math.max(NOISES * noise, SHARE * norm);
  }

  private final ModelDiff difference;
  private final List<ModelDiff.Changed> changed;
  private final int width;

  private InputEditSearch(ModelDiff difference, List<ModelDiff.Changed> changed) {
    this.difference = difference;
    this.changed = changed;
    this.width = Math.toIntExact(changed.get(0).shape()[1]);
  }

  /**
   * Searches.
   *
   * @param changed weights (out, d) of one d, at least one
   * @param label what the edit is called
   * @param patterns what it changes, in the patch
   * @return empty if there are too few rows to tell, or nothing is above the noise
   */
  static Optional<Found> of(
      ModelDiff difference,
      List<ModelDiff.Changed> changed,
      DifferenceForm form,
      String label,
      List<String> patterns)
      throws IOException {
    InputEditSearch search = new InputEditSearch(difference, changed);
    int rows = changed.stream().mapToInt(ModelDiff.Changed::outputs).sum();
    return rows < ENOUGH_ROWS * search.width
        ? Optional.empty()
        : search.run(rows, form, label, patterns);
  }

  private Optional<Found> run(int rows, DifferenceForm form, String label, List<String> patterns)
      throws IOException {
    Matrix g = Matrix.zeros(width, width);
    Matrix h = Matrix.zeros(width, width);
    for (ModelDiff.Changed tensor : changed) {
      Matrix w = Matrix.of(tensor.outputs(), width, difference.base(tensor.target()));
      g = g.plus(w.inner());
      FloatMatrix delta = new FloatMatrix(tensor.outputs(), difference.delta(tensor));
      h = h.plus(delta.transposedTimes(w).transposed());
    }
    Cholesky cholesky = new Cholesky(g.plusDiagonal(TINY * g.meanDiagonal()));
    Matrix weighted = cholesky.whiten(h);
    double noise = root(changed.stream().mapToDouble(ModelDiff.Changed::noise).toArray());
    double norm = root(changed.stream().mapToDouble(ModelDiff.Changed::norm).toArray());
    double least = Math.sqrt(Math.max(0, norm * norm - weighted.norm() * weighted.norm()));
    if (!form.chosen() && !explains(least, norm, noise)) {
      return Optional.of(new Found(Optional.empty(), Map.of(), least, norm, noise));
    }
    TruncatedSvd svd = directions(weighted, form, noise, rows);
    if (svd.sigma().isEmpty()) {
      return Optional.empty();
    }
    int k = svd.sigma().size();
    // D = left · right, and a projector holds −leftᵀ.
    Matrix left = cholesky.whitenTransposed(svd.u()).times(-1);
    ProjectorEdit edit =
        new ProjectorEdit(
            label,
            new Rows(k, width, left.transposed().rowMajorFloats()),
            new Rows(k, width, svd.right().rowMajorFloats()),
            patterns);
    return Optional.of(measured(edit, norm, noise));
  }

  private TruncatedSvd directions(Matrix weighted, DifferenceForm form, double noise, int rows) {
    if (form.rank().isPresent()) {
      return TruncatedSvd.of(weighted, form.rank().getAsInt());
    }
    if (form.energy().isPresent()) {
      return TruncatedSvd.holding(weighted, form.energy().getAsDouble(), width);
    }
    // Noise of the size s in each value of a d × d matrix has singular values up to 2s√d, and half
    // as much again where the sizes differ, as steps between floats do.
    double threshold = 3 * noise / Math.sqrt(rows);
    TruncatedSvd svd = TruncatedSvd.above(weighted, threshold, width);
    int above = (int) svd.sigma().stream().filter(s -> s > SMALLEST * svd.sigma().get(0)).count();
    return svd.first(above);
  }

  private Found measured(ProjectorEdit edit, double norm, double noise) throws IOException {
    Matrix columns = Matrix.ofColumns(edit.left().count(), width, edit.left().values()).times(-1);
    Matrix right = Matrix.of(edit.right().count(), width, edit.right().values());
    Map<String, Double> left = new TreeMap<>();
    for (ModelDiff.Changed tensor : changed) {
      FloatMatrix w = new FloatMatrix(tensor.outputs(), difference.base(tensor.target()));
      FloatMatrix delta = new FloatMatrix(tensor.outputs(), difference.delta(tensor));
      left.put(tensor.target(), delta.residual(w.times(columns), right));
    }
    double residual = root(left.values().stream().mapToDouble(v -> v).toArray());
    return new Found(Optional.of(edit), left, residual, norm, noise);
  }

  private static double root(double[] norms) {
    double square = 0;
    for (double norm : norms) {
      square += norm * norm;
    }
    return Math.sqrt(square);
  }
}
