package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.safetensors.StoredFloats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Works out the weights under a stack of patches:
 *
 * <pre>W' = base + base · D of the joint closed-form solve + Σ strength · change</pre>
 *
 * summed in double, patches in the order of their ids and edits in that of their manifests, and
 * rounded once. Every change is one of the base's weights, so that the order of the requests does
 * not matter. One weight at a time is held, and what is added to it.
 */
public final class PatchedWeights {
  private final BaseTensors base;
  private final List<StackedEdit> terms = new ArrayList<>();
  private final List<StackedEdit> closedForms = new ArrayList<>(); // the members of the joint solve
  private final JointSolve jointSolve;
  private final NormLimit limit;
  private final TreeSet<String> targets = new TreeSet<>();

  private PatchedWeights(BaseTensors base, List<StackedEdit> edits) throws IOException {
    this.base = base;
    this.limit = new NormLimit(base);
    List<JointSolve.Member> members = new ArrayList<>();
    for (StackedEdit edit : edits) {
      targets.addAll(edit.targets());
      if (edit.isSolved()) {
        ClosedFormEdit closedForm = (ClosedFormEdit) edit.whole();
        members.add(new JointSolve.Member(closedForm, edit.layer().strength(), edit.targets()));
        closedForms.add(edit);
      } else {
        terms.add(edit);
      }
    }
    jointSolve = new JointSolve(members);
  }

  /**
   * The weights under open patches.
   *
   * @param targets of each layer, by the id of the edit
   */
  PatchedWeights(BaseTensors base, Map<StackedPatch, Map<String, List<String>>> targets)
      throws IOException {
    this(base, edits(targets));
  }

  private static List<StackedEdit> edits(Map<StackedPatch, Map<String, List<String>>> targets) {
    List<StackedEdit> edits = new ArrayList<>();
    targets.forEach(
        (layer, changed) ->
            layer.edits().stream()
                .filter(edit -> layer.strength() != 0)
                .map(edit -> new StoredEdit(layer, edit, Set.copyOf(changed.get(edit.id()))))
                .forEach(edits::add));
    return edits;
  }

  /**
   * The weights under a draft at strength 1: those of the patch that is written of it, to the bit.
   *
   * @throws IllegalArgumentException if an edit changes no weights of the base
   */
  static PatchedWeights ofDraft(List<PatchEdit> edits, BaseTensors base) throws IOException {
    StackedPatch draft = StackedPatch.draft();
    List<StackedEdit> stacked = new ArrayList<>();
    for (PatchEdit edit : edits) {
      Set<String> changed =
          edit.changed().stream()
              .map(TargetPattern::new)
              .flatMap(pattern -> pattern.among(base.names(pattern.component())).stream())
              .collect(Collectors.toSet());
      if (changed.isEmpty()) {
        throw new IllegalArgumentException(
            "the " + edit.kind() + " edit changes no weights of the model: " + edit.changed());
      }
      stacked.add(new DraftEdit(draft, edit, changed));
    }
    return new PatchedWeights(base, stacked);
  }

  /** Full names of the weights that change, sorted. */
  public Set<String> targets() {
    return Collections.unmodifiableSet(targets);
  }

  /** The closed-form edits by the systems in which they are solved, with their conditions. */
  public List<JointSystem> systems() {
    Map<JointSolve.Solved, Set<String>> found = new LinkedHashMap<>();
    for (String target : targets) {
      jointSolve
          .solved(target)
          .ifPresent(s -> found.computeIfAbsent(s, x -> new TreeSet<>()).add(target));
    }
    List<JointSystem> systems = new ArrayList<>();
    found.forEach((solved, names) -> systems.add(system(solved, names)));
    return systems;
  }

  private JointSystem system(JointSolve.Solved solved, Set<String> names) {
    List<StackedPatch> layers = new ArrayList<>();
    List<Integer> ownerOfConcept = new ArrayList<>();
    for (int member : solved.members()) {
      StackedPatch owner = closedForms.get(member).layer();
      if (!layers.contains(owner)) {
        layers.add(owner);
      }
      for (int i = 0; i < jointSolve.member(member).edit().concepts().size(); i++) {
        ownerOfConcept.add(layers.indexOf(owner));
      }
    }
    double condition = solved.solution().edit().condition();
    return new JointSystem(layers, ownerOfConcept, names, solved.solution(), condition);
  }

  /**
   * Names all that a target's new values come from, beside the base: two stacks with the same
   * fingerprint of a target give it the same bits.
   *
   * @param target one of {@link #targets}
   * @return hex
   */
  public String fingerprint(String target) {
    StringBuilder text = new StringBuilder();
    jointSolve
        .solved(target)
        .ifPresent(s -> s.members().forEach(m -> line(text, closedForms.get(m).fingerprint())));
    for (StackedEdit term : terms) {
      if (term.targets().contains(target)) {
        line(text, term.fingerprint());
      }
    }
    return Sha256.hex(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }

  /**
   * The new values of a weight, rounded to float.
   *
   * @param target one of {@link #targets}
   * @throws PatchFormatException FMN-306 or 308
   */
  public float[] values(String target) throws IOException {
    float[] values;
    try {
      values = sum(target).rounded();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        StackedEdit one = terms.isEmpty() ? closedForms.get(0) : terms.get(0);
        throw new PatchFormatException(
            PatchError.NON_FINITE,
            one.layer().where(),
            "with these patches " + target + " becomes " + value + "; use smaller strengths");
      }
    }
    return values;
  }

  /**
   * The new values of a weight before they are rounded.
   *
   * @param target one of {@link #targets}
   * @throws PatchFormatException FMN-308
   */
  public DeltaAccumulator sum(String target) throws IOException {
    StoredFloats weight = weight(target);
    DeltaAccumulator sum = new DeltaAccumulator(new FloatMatrix(outputs(target), weight));
    forEachChange(target, weight, true, change -> change.addTo(sum));
    return sum;
  }

  /**
   * Refuses what {@link #sum} would refuse, without adding anything up.
   *
   * @throws PatchFormatException FMN-308
   */
  public void check() throws IOException {
    for (String target : targets) {
      forEachChange(target, weight(target), true, change -> {});
    }
  }

  /** The base's values. */
  StoredFloats weight(String target) throws IOException {
    return base.values(TensorName.component(target), TensorName.name(target));
  }

  /**
   * All that is added to a target, unchecked; empty if nothing changes it.
   *
   * @param weight the base's values
   */
  Optional<WeightDelta> change(String target, StoredFloats weight) throws IOException {
    if (!targets.contains(target)) {
      return Optional.empty();
    }
    List<WeightDelta> changes = new ArrayList<>();
    forEachChange(target, weight, false, changes::add);
    return Optional.of(WeightDelta.sum(changes));
  }

  /**
   * The norm of all that is added to a target, unchecked.
   *
   * @param weight the base's values
   */
  double moved(String target, StoredFloats weight) throws IOException {
    List<WeightDelta> changes = new ArrayList<>();
    forEachChange(target, weight, false, changes::add);
    if (changes.size() == 1) {
      return changes.get(0).norm();
    }
    DeltaAccumulator sum = new DeltaAccumulator(outputs(target), new float[weight.size()]);
    changes.forEach(change -> change.addTo(sum));
    return sum.norm();
  }

  /** Rows of a weight as a matrix. */
  int outputs(String target) {
    return (int) base.shape(TensorName.component(target), TensorName.name(target))[0];
  }

  private void forEachChange(
      String target, StoredFloats weight, boolean checked, Consumer<WeightDelta> sink)
      throws IOException {
    int outputs = outputs(target);
    List<StackedEdit> changing =
        terms.stream().filter(term -> term.targets().contains(target)).toList();
    Optional<JointSolve.Solved> joint = jointSolve.solved(target);
    List<InputUpdate> edits = new ArrayList<>();
    joint.ifPresent(solved -> edits.add(solved.solution().edit()));
    for (StackedEdit term : changing) {
      if (term.editsInputs()) {
        edits.add(term.inputEdit());
      }
    }
    ProductsOfWeight products = ProductsOfWeight.of(new FloatMatrix(outputs, weight), edits);
    NormLimit.Checked size = limit.of(target, weight);
    if (joint.isPresent()) {
      WeightDelta change = products.next();
      List<StackedPatch> solved =
          joint.get().members().stream().map(m -> closedForms.get(m).layer()).toList();
      if (checked && !solved.stream().allMatch(PatchedWeights::large)) {
        size.check(NormLimit.TEXT, solved.get(0).where(), change.norm());
      }
      sink.accept(change);
    }
    for (StackedEdit term : changing) {
      WeightDelta change = term.editsInputs() ? products.next() : term.change(target, outputs);
      if (checked && !large(term.layer())) {
        size.check(term.share(target), term.layer().where(), change.norm());
      }
      sink.accept(change);
    }
  }

  /** W · left of several edits of what a weight reads, in one pass over the weight. */
  private static final class ProductsOfWeight {
    private final List<InputUpdate> edits;
    private final Matrix products; // null without edits
    private int edit;
    private int column;

    static ProductsOfWeight of(FloatMatrix weight, List<InputUpdate> edits) throws IOException {
      try {
        return new ProductsOfWeight(weight, edits);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }

    private ProductsOfWeight(FloatMatrix weight, List<InputUpdate> edits) {
      this.edits = edits;
      products =
          edits.isEmpty()
              ? null
              : weight.times(Matrix.joinColumns(edits.stream().map(InputUpdate::left).toList()));
    }

    WeightDelta next() {
      InputUpdate next = edits.get(edit++);
      int end = column + next.rank();
      WeightDelta change = new WeightDelta.Factors(products.columns(column, end), next.right());
      column = end;
      return change;
    }
  }

  private static boolean large(StackedPatch layer) {
    return layer.request().allows(PatchRequest.Allowance.LARGE_CHANGES);
  }
}
