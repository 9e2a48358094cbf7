package dev.forgetmenot.editing.stack;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.editing.applying.JointSolve;
import dev.forgetmenot.editing.applying.LinearChange;
import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.patch.ClosedFormEdit;
import dev.forgetmenot.patch.EditContent;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchError;
import dev.forgetmenot.patch.PatchFormatException;
import dev.forgetmenot.patch.ProjectorEdit;
import dev.forgetmenot.patch.Sides;
import dev.forgetmenot.patch.TargetPattern;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Works out the weights under a stack of patches:
 *
 * <pre>W' = base + base · D of the joint closed-form solve + Σ strength · change</pre>
 *
 * summed in double, patches in the order of their ids and edits in that of their manifests, and
 * rounded once. Every change is one of the base's weights, so that the order of the requests does
 * not matter.
 */
public final class StackedWeights {
  /** A linear edit at a strength other than 0. */
  private record Term(PatchLayer layer, Manifest.Edit edit, Set<String> targets) {}

  private static final List<TargetPattern> TEXT_SIDE =
      Sides.KV.targets().stream().map(TargetPattern::new).toList();

  private final BaseTensors base;
  private final List<Term> terms = new ArrayList<>();
  private final List<PatchLayer> closedForms = new ArrayList<>();
  private final Map<String, ProjectorEdit> projectors = new HashMap<>();
  private final JointSolve jointSolve;
  private final NormLimit limit;
  private final TreeSet<String> targets = new TreeSet<>();

  /**
   * Takes the edits.
   *
   * @param targets of each layer, by the id of the edit
   */
  StackedWeights(BaseTensors base, Map<PatchLayer, Map<String, List<String>>> targets)
      throws IOException {
    this.base = base;
    this.limit = new NormLimit(base);
    List<JointSolve.Member> members = new ArrayList<>();
    for (Map.Entry<PatchLayer, Map<String, List<String>>> entry : targets.entrySet()) {
      PatchLayer layer = entry.getKey();
      if (layer.strength() == 0) {
        continue;
      }
      for (Manifest.Edit edit : layer.edits()) {
        List<String> changed = entry.getValue().get(edit.id());
        this.targets.addAll(changed);
        if (edit.content() instanceof EditContent.ClosedForm) {
          ClosedFormEdit closedForm = (ClosedFormEdit) layer.file().edit(edit);
          members.add(new JointSolve.Member(closedForm, layer.strength(), changed));
          closedForms.add(layer);
        } else {
          terms.add(new Term(layer, edit, Set.copyOf(changed)));
        }
      }
    }
    jointSolve = new JointSolve(members);
  }

  /** Full names of the weights that change, sorted. */
  public Set<String> targets() {
    return Collections.unmodifiableSet(targets);
  }

  /**
   * The new values of a weight, rounded to float.
   *
   * @param target one of {@link #targets}
   * @throws PatchFormatException FMN-306 or 308
   */
  public float[] values(String target) throws IOException {
    return rounded(target, sum(target));
  }

  /**
   * The new values of a weight before they are rounded.
   *
   * @param target one of {@link #targets}
   * @throws PatchFormatException FMN-308
   */
  public double[] sum(String target) throws IOException {
    int slash = target.indexOf('/');
    float[] weight = base.floats(target.substring(0, slash), target.substring(slash + 1));
    double[] sum = LinearChange.of(weight);
    Optional<InputEdit> joint = jointSolve.of(target);
    if (joint.isPresent()) {
      double[] change = joint.get().change(weight);
      if (!closedForms.stream().allMatch(layer -> large(layer))) {
        limit.check(NormLimit.TEXT, closedForms.get(0).where(), target, weight, change);
      }
      add(sum, change);
    }
    for (Term term : terms) {
      if (term.targets().contains(target)) {
        double[] change = change(term, target, weight);
        for (int i = 0; i < change.length; i++) {
          change[i] *= term.layer().strength();
        }
        if (!large(term.layer())) {
          double share = readsText(term, target) ? NormLimit.TEXT : NormLimit.VALUES;
          limit.check(share, term.layer().where(), target, weight, change);
        }
        add(sum, change);
      }
    }
    return sum;
  }

  private static boolean large(PatchLayer layer) {
    return layer.request().allows(PatchRequest.Allowance.LARGE_CHANGES);
  }

  /** Whether a change may be large where no text is: of all layers at once, or factor by factor. */
  private static boolean readsText(Term term, String target) {
    return term.edit().boundByTextEncoder()
        || (term.edit().content() instanceof EditContent.LowRanks
            && TEXT_SIDE.stream().anyMatch(pattern -> pattern.matches(target)));
  }

  private double[] change(Term term, String target, float[] weight) throws IOException {
    if (term.edit().content() instanceof EditContent.LowRanks) {
      return LinearChange.of(term.layer().file().lowRank(target));
    }
    if (term.edit().content() instanceof EditContent.RowTargets) {
      return LinearChange.of(term.layer().file().rows(target));
    }
    if (term.edit().content() instanceof EditContent.Projector) {
      String key = term.layer().file().id() + " " + term.edit().id();
      ProjectorEdit projector = projectors.get(key);
      if (projector == null) {
        projector = (ProjectorEdit) term.layer().file().edit(term.edit());
        projectors.put(key, projector);
      }
      return LinearChange.of(projector, weight);
    }
    return LinearChange.of(term.layer().file().delta(target));
  }

  private static void add(double[] sum, double[] change) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += change[i];
    }
  }

  private float[] rounded(String target, double[] sum) throws PatchFormatException {
    float[] values = new float[sum.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) sum[i];
      if (!Float.isFinite(values[i])) {
        PatchLayer one = terms.isEmpty() ? closedForms.get(0) : terms.get(0).layer();
        throw new PatchFormatException(
            PatchError.NON_FINITE,
            one.where(),
            "with these patches " + target + " becomes " + values[i] + "; use smaller strengths");
      }
    }
    return values;
  }
}
