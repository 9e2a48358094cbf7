package dev.forgetmenot.editing.applying;

import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.patch.ClosedFormEdit;
import dev.forgetmenot.patch.Delta;
import dev.forgetmenot.patch.DeltaEdit;
import dev.forgetmenot.patch.LowRank;
import dev.forgetmenot.patch.LowRankEdit;
import dev.forgetmenot.patch.PatchEdit;
import dev.forgetmenot.patch.ProjectorEdit;
import dev.forgetmenot.patch.RowsEdit;
import dev.forgetmenot.patch.SelectedRows;
import dev.forgetmenot.patch.TargetPattern;
import dev.forgetmenot.patch.TokensEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Edits put on a model to look at what they do, before they are a patch. {@link #close} puts the
 * base back. For the engine thread.
 */
public final class AppliedEdits implements AutoCloseable {
  private final NamedWeights weights;
  private final List<String> changed = new ArrayList<>();

  private AppliedEdits(NamedWeights weights) {
    this.weights = weights;
  }

  /**
   * Puts the edits of one draft on the base at strength 1.
   *
   * @throws IllegalArgumentException if an edit changes no weights
   */
  public static AppliedEdits put(List<PatchEdit> edits, NamedWeights weights) {
    Map<String, double[]> sums = new TreeMap<>();
    List<JointSolve.Member> closedForms = new ArrayList<>();
    for (PatchEdit edit : edits) {
      if (edit instanceof DeltaEdit deltas) {
        for (Map.Entry<String, Delta> entry : deltas.deltas().entrySet()) {
          add(sums, weights, entry.getKey(), LinearChange.of(entry.getValue().values()));
        }
      } else if (edit instanceof RowsEdit rows) {
        for (Map.Entry<String, SelectedRows> entry : rows.rows().entrySet()) {
          add(sums, weights, entry.getKey(), LinearChange.of(entry.getValue()));
        }
      } else if (edit instanceof LowRankEdit lowRanks) {
        for (Map.Entry<String, LowRank> entry : lowRanks.factors().entrySet()) {
          add(sums, weights, entry.getKey(), LinearChange.of(entry.getValue()));
        }
      } else if (edit instanceof ProjectorEdit projector) {
        for (String name : named(projector.targets(), weights)) {
          add(sums, weights, name, LinearChange.of(projector, weights.base(name)));
        }
      } else if (edit instanceof ClosedFormEdit closedForm) {
        closedForms.add(new JointSolve.Member(closedForm, 1, named(closedForm.targets(), weights)));
      } else if (edit instanceof TokensEdit) {
        throw new IllegalArgumentException("tokens are added to a model, not to its weights");
      }
    }
    JointSolve joint = new JointSolve(closedForms);
    closedForms.stream()
        .flatMap(member -> member.targets().stream())
        .distinct()
        .forEach(
            name ->
                add(sums, weights, name, joint.of(name).orElseThrow().change(weights.base(name))));
    AppliedEdits applied = new AppliedEdits(weights);
    sums.forEach(applied::change);
    return applied;
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

  private static List<String> named(List<String> targets, NamedWeights weights) {
    List<TargetPattern> patterns = targets.stream().map(TargetPattern::new).toList();
    return weights.names().stream()
        .filter(name -> patterns.stream().anyMatch(pattern -> pattern.matches(name)))
        .toList();
  }

  private static void add(
      Map<String, double[]> sums, NamedWeights weights, String name, double[] change) {
    double[] sum = sums.computeIfAbsent(name, n -> LinearChange.of(weights.base(n)));
    for (int i = 0; i < sum.length; i++) {
      sum[i] += change[i];
    }
  }

  private void change(String name, double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) values[i];
    }
    changed.add(name);
    weights.replace(name, rounded);
  }

  @Override
  public void close() {
    changed.forEach(weights::restore);
    changed.clear();
  }
}
