package dev.forgetmenot.plugin.erasers;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.TextStatistics;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.kit.solve.PreservedConcept;
import dev.forgetmenot.kit.solve.SideEffects;
import dev.forgetmenot.kit.solve.SolveInput;
import dev.forgetmenot.kit.solve.SolveReport;
import dev.forgetmenot.kit.solve.SolveResult;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.kit.solve.SolverSettings;
import dev.forgetmenot.kit.solve.SpeedSolver;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.pf4j.Extension;

/**
 * SPEED (arXiv 2503.07392): the values become the guides' by a change of each layer that lives
 * where the phrases to keep have next to nothing.
 */
@Extension(ordinal = 12)
public final class SpeedEraser extends SolverEditor {
  /** For the plugin manager. */
  public SpeedEraser() {
    super(
        Operation.FORGET,
        "speed",
        "SPEED: changes each layer only where the phrases to keep have next to nothing.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SolverSettings.guide(),
        SolverSettings.preserve("the nearest of the vocabulary are"),
        SolverSettings.neighbours(400),
        SolverSettings.tokenSelection(TokenSelection.PADDING),
        SolverSettings.padding(),
        SolverSettings.template(),
        SolverSettings.projections(TextProjections.V),
        SettingSpec.number("lambda", 1, 1e-9, 1e9, "How strongly the weights are held."),
        SettingSpec.number(
            "threshold",
            0.3,
            1e-9,
            1e9,
            "Directions in which the kept phrases have less than this share of their mean energy"
                + " are free to change; larger erases more and keeps less."),
        SettingSpec.integer(
            "augmentations", 10, 0, 1000, "Shifted copies of each kept phrase that are kept too."),
        SettingSpec.integer(
            "empty-directions",
            3,
            0,
            64,
            "How many directions of the empty prompt must not move at all, beside the begin"
                + " token."),
        SettingSpec.integer("seed", 0, 0, Integer.MAX_VALUE, "Seed of the shifts."));
  }

  @Override
  protected SolveResult solve(SolveInput job) throws IOException {
    List<PreservedConcept> preserved = job.preserved();
    if (preserved.isEmpty()) {
      throw new IllegalArgumentException(
          name() + " needs phrases to keep, and this model names none; give some with preserve");
    }
    List<ConceptEmbeddings.Pairs> pairs = job.pairs(job.guides());
    Matrix targets =
        Matrix.joinColumns(pairs.stream().map(ConceptEmbeddings.Pairs::targets).toList());
    Matrix guides =
        Matrix.joinColumns(pairs.stream().map(ConceptEmbeddings.Pairs::guides).toList());
    Matrix retained = job.columns(preserved);
    Matrix invariants =
        TextStatistics.invariants(job.encoder(), job.options().integer("empty-directions"));
    Matrix shifts = shifts(job, retained.columns());
    SpeedSolver speed =
        new SpeedSolver(job.options().number("lambda"), job.options().number("threshold"));
    Map<String, LowRank> factors = new LinkedHashMap<>();
    List<InputUpdate> edits = new ArrayList<>();
    List<String> names = job.targets();
    for (String name : names) {
      job.context().checkCancelled();
      Matrix weight = job.weight(name);
      InputUpdate edit = speed.solve(weight, targets, guides, retained, invariants, shifts);
      edits.add(edit);
      factors.put(name, lowRank(weight, edit));
      job.context().progress("null spaces", edits.size(), names.size());
    }
    return new SolveResult(new LowRankEdit(factors), report(job, pairs, edits, preserved));
  }

  private static Matrix shifts(SolveInput job, int columns) {
    SplittableRandom random = new SplittableRandom(job.options().integer("seed"));
    int copies = job.options().integer("augmentations");
    double[] values = new double[copies * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Matrix.of(copies, columns, values);
  }

  /** ΔW = (W·left)·right. */
  private static LowRank lowRank(Matrix weight, InputUpdate edit) {
    return new LowRank(
        new long[] {weight.rows(), weight.columns()},
        edit.rank(),
        edit.rank(),
        edit.right().rowMajorFloats(),
        weight.times(edit.left()).rowMajorFloats());
  }

  private static SolveReport report(
      SolveInput job,
      List<ConceptEmbeddings.Pairs> pairs,
      List<InputUpdate> edits,
      List<PreservedConcept> preserved) {
    SolveReport.Writer report = new SolveReport.Writer();
    for (int i = 0; i < pairs.size(); i++) {
      Concept concept = job.concepts().get(i);
      Erasure erasure =
          new Erasure(concept.name(), pairs.get(i).targets(), pairs.get(i).guides(), 1);
      double mean = edits.stream().mapToDouble(erasure::residual).average().orElseThrow();
      report.residual(concept.name(), "'" + job.guides().get(i) + "', mean of the layers", mean);
    }
    new SideEffects(job, preserved).write(edits, report);
    return report
        .condition(edits.stream().mapToDouble(InputUpdate::condition).min().orElseThrow())
        .done();
  }
}
