package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.SelectedRows;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Edits put on a model to look at what they do, before they are a patch. {@link #close} puts the
 * base back. One weight at a time is worked out. For the engine thread.
 */
public final class AppliedEdits implements AutoCloseable {
  /** Adds what an edit makes of one weight. */
  @FunctionalInterface
  private interface Addition {
    void to(DeltaAccumulator sum, FloatMatrix base);
  }

  private final NamedWeights weights;
  private final List<String> changed = new ArrayList<>();

  private AppliedEdits(NamedWeights weights) {
    this.weights = weights;
  }

  /**
   * Puts the edits of one draft on the base at strength 1. Where that fails the base is back.
   *
   * @throws IllegalArgumentException if an edit changes no weights
   */
  public static AppliedEdits put(List<PatchEdit> edits, NamedWeights weights) {
    Map<String, List<Addition>> additions = additions(edits, weights);
    AppliedEdits applied = new AppliedEdits(weights);
    try {
      additions.forEach(applied::change);
      return applied;
    } catch (RuntimeException | Error e) {
      applied.close();
      throw e;
    }
  }

  private static Map<String, List<Addition>> additions(
      List<PatchEdit> edits, NamedWeights weights) {
    Map<String, List<Addition>> additions = new TreeMap<>();
    List<JointSolve.Member> closedForms = new ArrayList<>();
    Collector collector = new Collector(weights, additions, closedForms);
    edits.forEach(edit -> edit.accept(collector));
    JointSolve joint = new JointSolve(closedForms);
    for (String name :
        closedForms.stream().flatMap(m -> m.targets().stream()).distinct().toList()) {
      InputUpdate change = joint.of(name).orElseThrow();
      add(additions, name, (sum, base) -> addInput(sum, base, change));
    }
    return additions;
  }

  /** Collects what edits add, and the closed forms, which are solved together. */
  private record Collector(
      NamedWeights weights,
      Map<String, List<Addition>> additions,
      List<JointSolve.Member> closedForms)
      implements PatchEdit.Visitor<Void, RuntimeException> {
    @Override
    public Void visit(DeltaEdit edit) {
      edit.deltas().forEach((name, d) -> add(additions, name, (sum, base) -> add(sum, d)));
      return null;
    }

    @Override
    public Void visit(RowsEdit edit) {
      edit.rows().forEach((name, r) -> add(additions, name, (sum, base) -> add(sum, r)));
      return null;
    }

    @Override
    public Void visit(LowRankEdit edit) {
      edit.factors().forEach((name, f) -> add(additions, name, (sum, base) -> add(sum, f)));
      return null;
    }

    @Override
    public Void visit(ProjectorEdit edit) {
      InputUpdate change = TextEdits.of(edit);
      for (String name : named(edit.targets(), weights)) {
        add(additions, name, (sum, base) -> addInput(sum, base, change));
      }
      return null;
    }

    @Override
    public Void visit(ClosedFormEdit edit) {
      closedForms.add(new JointSolve.Member(edit, 1, named(edit.targets(), weights)));
      return null;
    }

    @Override
    public Void visit(TokensEdit edit) {
      throw new IllegalArgumentException("tokens are added to a model, not to its weights");
    }
  }

  /** Does work with the edits of one draft on the base, which is back afterwards. */
  public static <R> R during(List<PatchEdit> edits, NamedWeights weights, Supplier<R> work) {
    AppliedEdits applied = put(edits, weights);
    try {
      return work.get();
    } finally {
      applied.close();
    }
  }

  private static void add(Map<String, List<Addition>> to, String name, Addition addition) {
    to.computeIfAbsent(name, n -> new ArrayList<>()).add(addition);
  }

  private static List<String> named(List<String> targets, NamedWeights weights) {
    List<TargetPattern> patterns = targets.stream().map(TargetPattern::new).toList();
    return weights.names().stream()
        .filter(name -> patterns.stream().anyMatch(pattern -> pattern.matches(name)))
        .toList();
  }

  private static void add(DeltaAccumulator sum, Delta delta) {
    sum.add(new FloatMatrix(Math.toIntExact(delta.shape()[0]), delta.values()), 1);
  }

  private static void add(DeltaAccumulator sum, SelectedRows some) {
    Rows rows = some.rows();
    sum.addRows(
        Arrays.stream(some.index()).boxed().toList(),
        Matrix.of(rows.count(), rows.width(), rows.values()));
  }

  /** alpha/rank · up · down. */
  private static void add(DeltaAccumulator sum, LowRank factors) {
    Matrix up = Matrix.of(factors.outputs(), factors.rank(), factors.up());
    Matrix down = Matrix.of(factors.rank(), factors.inputs(), factors.down());
    sum.add(up.times(factors.alpha() / factors.rank()), down);
  }

  /** W·D. */
  private static void addInput(DeltaAccumulator sum, FloatMatrix base, InputUpdate change) {
    sum.add(base.times(change.left()), change.right());
  }

  private void change(String name, List<Addition> additions) {
    float[] base = weights.base(name);
    int rows = Math.toIntExact(weights.shape(name)[0]);
    FloatMatrix matrix = new FloatMatrix(rows, base);
    DeltaAccumulator sum = new DeltaAccumulator(rows, base);
    additions.forEach(addition -> addition.to(sum, matrix));
    float[] values = sum.rounded();
    changed.add(name);
    weights.replace(name, values);
  }

  @Override
  public void close() {
    changed.forEach(weights::restore);
    changed.clear();
  }
}
